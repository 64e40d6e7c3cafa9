"""Scales, DoRA and the nine-channel convolution."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.adapters.kinds.finish import layer_delta, pad_inputs, scale
from pipelines.adapters.kinds.table import AdapterKind, find_kind

LORA = {"lora_up.weight": torch.ones(6, 2), "lora_down.weight": torch.ones(2, 5)}


def kind_of(parts: dict[str, Tensor]) -> AdapterKind:
    kind = find_kind(parts)
    assert kind is not None
    return kind


@pytest.mark.parametrize(
    ("extra", "expected"),
    [({}, 1.0), ({"alpha": 3.0}, 1.5), ({"alpha": 3.0, "scale": 0.25}, 0.25)],
)
def test_scale_is_explicit_or_alpha_over_rank(extra: dict[str, float], expected: float) -> None:
    parts = LORA | {name: torch.tensor(value) for name, value in extra.items()}
    assert scale(kind_of(parts), parts) == expected


def test_alpha_without_a_rank_scales_nothing() -> None:
    whole = {"lokr_w1": torch.ones(2, 2), "lokr_w2": torch.ones(2, 2), "alpha": torch.tensor(3.0)}
    assert scale(kind_of(whole), whole) == 1.0
    rotation = {"oft_blocks": torch.ones(1, 2, 2), "alpha": torch.tensor(3.0), "scale": torch.tensor(5.0)}
    assert scale(kind_of(rotation), rotation) == 1.0


def test_strength_scale_and_bias_part() -> None:
    parts = LORA | {"alpha": torch.tensor(1.0), "bias": torch.ones(30)}
    delta = layer_delta(kind_of(parts), parts, torch.zeros(6, 5), multiplier=2.0, dyn=None)
    assert torch.equal(delta.weight if delta.weight is not None else torch.empty(0), torch.full((6, 5), 3.0))


def test_bias_change_is_multiplied_by_the_strength_only() -> None:
    parts = {"diff": torch.ones(6, 5), "diff_b": torch.ones(6), "scale": torch.tensor(10.0)}
    delta = layer_delta(kind_of(parts), parts, torch.zeros(6, 5), multiplier=0.5, dyn=None)
    assert delta.weight is not None and torch.equal(delta.weight, torch.full((6, 5), 5.0))
    assert delta.bias is not None and torch.equal(delta.bias, torch.full((6,), 0.5))


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 3, 3)])
def test_dora_sets_the_norm_of_every_input_channel(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(shape, generator=generator)
    magnitude = torch.rand((1, 5, *(1,) * (len(shape) - 2)), generator=generator) + 0.5
    parts = {"diff": torch.randn(shape, generator=generator), "dora_scale": magnitude}
    full = layer_delta(kind_of(parts), parts, weight, multiplier=1.0, dyn=None).weight
    half = layer_delta(kind_of(parts), parts, weight, multiplier=0.5, dyn=None).weight
    assert full is not None and half is not None
    merged = (weight + full).transpose(0, 1).flatten(1).numpy()
    np.testing.assert_allclose(np.linalg.norm(merged, axis=1), magnitude.flatten(), rtol=1e-4)
    assert torch.allclose(half * 2, full)


@pytest.mark.parametrize(("latent", "inpainting"), [(4, 9), (16, 33)])
def test_a_plain_models_change_fits_an_inpainting_models_first_convolution(
    latent: int, inpainting: int
) -> None:
    plain = torch.ones(6, latent, 3, 3)
    change = pad_inputs(plain, torch.zeros(6, inpainting, 3, 3))
    assert change.shape == (6, inpainting, 3, 3)
    assert torch.equal(change[:, :latent], plain) and not change[:, latent:].any()
    assert pad_inputs(torch.ones(6, latent), torch.zeros(6, inpainting)).shape == (6, latent)
    assert pad_inputs(plain, torch.zeros(6, 2 * latent, 3, 3)).shape == plain.shape
