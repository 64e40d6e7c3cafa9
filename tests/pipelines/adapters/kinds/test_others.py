"""LoHa, LoKr, IA3, full, norm and GLoRA changes against NumPy."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.adapters.kinds import full, glora, ia3, loha, lokr, norm
from pipelines.adapters.kinds.parts import Delta


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def weight_of(delta: Delta) -> Tensor:
    assert delta.weight is not None
    return delta.weight


def close(actual: Tensor, expected: object) -> None:
    np.testing.assert_allclose(actual, np.asarray(expected), rtol=1e-5, atol=1e-5)


def test_loha_multiplies_two_products() -> None:
    parts = {f"hada_w{i}_{side}": random(*shape, seed=i) for i in (1, 2) for side, shape in _sides()}
    n = {key: value.numpy() for key, value in parts.items()}
    expected = (n["hada_w1_a"] @ n["hada_w1_b"]) * (n["hada_w2_a"] @ n["hada_w2_b"])
    close(weight_of(loha.delta(parts, torch.zeros(6, 10))), expected)
    close(weight_of(loha.delta(parts, torch.zeros(6, 10, 1, 1))), expected[:, :, None, None])
    assert loha.rank(parts) == 2


def _sides() -> list[tuple[str, tuple[int, int]]]:
    return [("a", (6, 2)), ("b", (2, 10))]


def test_loha_with_cores() -> None:
    parts: dict[str, Tensor] = {}
    for i in (1, 2):
        parts |= {f"hada_t{i}": random(2, 3, 3, 3, seed=i), f"hada_w{i}_a": random(2, 6, seed=10 + i)}
        parts |= {f"hada_w{i}_b": random(3, 4, seed=20 + i)}
    n = {key: value.numpy() for key, value in parts.items()}
    halves = [
        np.einsum("abkl,ao,bi->oikl", *(n[f"hada_{name}"] for name in (f"t{i}", f"w{i}_a", f"w{i}_b")))
        for i in (1, 2)
    ]
    close(weight_of(loha.delta(parts, torch.zeros(6, 4, 3, 3))), halves[0] * halves[1])


def test_lokr_of_whole_and_low_rank_factors() -> None:
    parts = {"lokr_w1": random(2, 3), "lokr_w2_a": random(4, 2, seed=1), "lokr_w2_b": random(2, 5, seed=2)}
    n = {key: value.numpy() for key, value in parts.items()}
    expected = np.kron(n["lokr_w1"], n["lokr_w2_a"] @ n["lokr_w2_b"])
    close(weight_of(lokr.delta(parts, torch.zeros(8, 15))), expected)
    assert lokr.rank(parts) == 2


def test_lokr_of_a_kernel() -> None:
    parts = {"lokr_w1": random(2, 3), "lokr_w2": random(4, 5, 3, 3, seed=1)}
    n = {key: value.numpy() for key, value in parts.items()}
    close(
        weight_of(lokr.delta(parts, torch.zeros(8, 15, 3, 3))),
        np.kron(n["lokr_w1"][:, :, None, None], n["lokr_w2"]),
    )
    assert lokr.rank(parts) is None


def test_lokr_with_core_and_low_rank_first_factor() -> None:
    parts = {"lokr_w1_a": random(2, 1), "lokr_w1_b": random(1, 3), "lokr_t2": random(2, 2, 3, 3, seed=1)}
    parts |= {"lokr_w2_a": random(2, 4, seed=2), "lokr_w2_b": random(2, 5, seed=3)}
    n = {key: value.numpy() for key, value in parts.items()}
    second = np.einsum("abkl,ao,bi->oikl", n["lokr_t2"], n["lokr_w2_a"], n["lokr_w2_b"])
    first = (n["lokr_w1_a"] @ n["lokr_w1_b"])[:, :, None, None]
    close(weight_of(lokr.delta(parts, torch.zeros(8, 15, 3, 3))), np.kron(first, second))
    assert lokr.rank(parts) == 2


def test_lokr_takes_its_rank_from_the_first_factor_if_the_second_is_whole() -> None:
    parts = {"lokr_w1_a": random(2, 7), "lokr_w1_b": random(7, 3), "lokr_w2": random(4, 5)}
    assert lokr.rank(parts) == 7


@pytest.mark.parametrize(("on_input", "length"), [(True, 5), (False, 6)])
def test_ia3_scales_columns_or_rows(on_input: bool, length: int) -> None:
    weight, vector = random(6, 5), random(length, seed=1)
    change = weight_of(ia3.delta({"weight": vector, "on_input": torch.tensor(on_input)}, weight))
    close(change, weight.numpy() * (vector.numpy()[None, :] if on_input else vector.numpy()[:, None]))


def test_full_and_norm_are_taken_as_they_are() -> None:
    weight = torch.zeros(6, 5, 1, 1)
    change = full.delta({"diff": random(6, 5), "diff_b": random(6, seed=1)}, weight)
    assert torch.equal(weight_of(change), random(6, 5)[:, :, None, None])
    assert change.bias is not None and torch.equal(change.bias, random(6, seed=1))
    change = norm.delta({"w_norm": random(6), "b_norm": random(6, seed=1)}, torch.zeros(6))
    assert torch.equal(weight_of(change), random(6))
    assert change.bias is not None and torch.equal(change.bias, random(6, seed=1))


def test_glora_adds_a_low_rank_image_of_the_weight() -> None:
    weight = random(6, 5)
    parts = {"a1.weight": random(2, 5, seed=1), "a2.weight": random(5, 2, seed=2), "alpha": torch.tensor(4.0)}
    parts |= {"b1.weight": random(2, 5, seed=3), "b2.weight": random(6, 2, seed=4)}
    n = {key: value.numpy() for key, value in parts.items()}
    expected = n["b2.weight"] @ n["b1.weight"] + (weight.numpy() @ n["a2.weight"]) @ n["a1.weight"]
    close(weight_of(glora.delta(parts, weight)), expected)


def test_glora_of_a_half_precision_file_is_half_precision() -> None:
    names = {"a1.weight": (2, 5), "a2.weight": (5, 2), "b1.weight": (2, 5), "b2.weight": (6, 2)}
    parts = {name: random(*shape).half() for name, shape in names.items()}
    assert weight_of(glora.delta(parts, random(6, 5))).dtype is torch.float16
