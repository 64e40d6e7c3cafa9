"""LoRA changes against NumPy, in all of its layouts."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.adapters.kinds import lora


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("up", "down"), [("lora_up.weight", "lora_down.weight"), ("lora_B.weight", "lora_A.weight")]
)
def test_product_of_both_matrices(up: str, down: str) -> None:
    parts = {up: random(6, 3, seed=1), down: random(3, 5, seed=2)}
    change = lora.delta(parts, torch.zeros(6, 5)).weight
    assert change is not None
    np.testing.assert_allclose(change, parts[up].numpy() @ parts[down].numpy(), rtol=1e-6, atol=1e-6)
    assert lora.rank(parts) == 3


def test_convolution_down_first() -> None:
    parts = {"lora_up.weight": random(6, 2, 1, 1, seed=1), "lora_down.weight": random(2, 4, 3, 3, seed=2)}
    change = lora.delta(parts, torch.zeros(6, 4, 3, 3)).weight
    expected = np.einsum("or,rikl->oikl", parts["lora_up.weight"][:, :, 0, 0], parts["lora_down.weight"])
    assert change is not None
    np.testing.assert_allclose(change, expected, rtol=1e-5, atol=1e-6)


def test_core_in_the_middle() -> None:
    up, down, mid = random(6, 2, 1, 1, seed=1), random(3, 4, 1, 1, seed=2), random(2, 3, 3, 3, seed=3)
    parts = {"lora_up.weight": up, "lora_down.weight": down, "lora_mid.weight": mid}
    change = lora.delta(parts, torch.zeros(6, 4, 3, 3)).weight
    expected = np.einsum("on,nmkl,mi->oikl", up[:, :, 0, 0], mid, down[:, :, 0, 0])
    assert change is not None
    np.testing.assert_allclose(change, expected, rtol=1e-5, atol=1e-6)


def test_dyn_keeps_the_first_ranks_but_not_the_scale() -> None:
    parts = {"lora_up.weight": random(6, 4, seed=1), "lora_down.weight": random(4, 5, seed=2)}
    change = lora.delta(parts, torch.zeros(6, 5), 2).weight
    expected = parts["lora_up.weight"].numpy()[:, :2] @ parts["lora_down.weight"].numpy()[:2]
    assert change is not None
    np.testing.assert_allclose(change, expected, rtol=1e-6, atol=1e-6)
    assert lora.rank(parts) == 4


def test_matrices_take_the_dtype_of_the_weight() -> None:
    parts = {"lora_up.weight": random(6, 4).half(), "lora_down.weight": random(4, 5).half()}
    change = lora.delta(parts, torch.zeros(6, 5)).weight
    assert change is not None
    assert change.dtype is torch.float32


def test_one_matrix_is_not_enough() -> None:
    assert not lora.matches({"lora_up.weight": random(6, 4)})
    assert not lora.matches({"lora_up.weight": random(6, 4), "lora_A.weight": random(4, 5)})
