"""FreeU amplifies features and scales the low frequencies of skips, and leaves no trace."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.denoising.freeu import FreeU, grown, grown_alike, joins, without_coarse
from pipelines.engine.evaluate import evaluate
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from tests.pipelines.denoising.tiny_calls import call_of


def test_half_the_features_grow_where_the_mean_is_high() -> None:
    features = torch.ones(1, 4, 2, 2)
    features[..., 1, 1] = 3.0
    made = grown(features, 2.0)
    assert torch.equal(made[:, 2:], features[:, 2:])
    assert made[0, 0].tolist() == [[1.0, 1.0], [1.0, 6.0]]


def test_the_first_version_grows_half_the_features_alike() -> None:
    made = grown_alike(torch.ones(1, 4, 2, 2), 1.5)
    assert made[0, :, 0, 0].tolist() == [1.5, 1.5, 1.0, 1.0]


@pytest.mark.parametrize("version", [1, 2])
def test_it_changes_one_call_and_leaves_nothing(version: int, model: LoadedModel) -> None:
    plain = answered(model, None)
    call = FreeU((1.1, 1.2, 0.9, 0.2), version=version)
    changed = answered(model, call)
    assert not torch.allclose(changed, plain, atol=1e-4)
    assert torch.equal(answered(model, None), plain)
    assert torch.allclose(answered(model, FreeU((1.0, 1.0, 1.0, 1.0), version=version)), plain, atol=1e-4)


def answered(model: LoadedModel, hook: FreeU | None) -> torch.Tensor:
    call = call_of(model)
    return evaluate([call if hook is None else hook(call)])[0]


def test_the_coarse_part_of_a_skip_shrinks() -> None:
    flat, fine = torch.full((1, 1, 8, 8), 4.0), torch.zeros(1, 1, 8, 8)
    fine[..., ::2] = 1.0
    assert torch.allclose(without_coarse(flat, 0.5), flat * 0.5, atol=1e-5)
    made = without_coarse(fine, 0.5)
    assert (made.amax() - made.amin()).item() == pytest.approx(1.0, abs=1e-5)


@pytest.fixture(scope="module")
def model(models_dir: Path) -> LoadedModel:
    return load_checkpoint(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")


def test_joins_are_found_by_their_channels(model: LoadedModel) -> None:
    unet: Any = model.unet
    found = list(joins(unet))
    assert [join.level for join in found] == [
        level for level, block in enumerate(unet.up_blocks) for _ in block.resnets
    ]
    blocks: list[Any] = [join.block for join in found]
    assert all(0 < join.own < block.in_channels for join, block in zip(found, blocks, strict=True))


def test_by_blocks_it_is_what_diffusers_computes(model: LoadedModel) -> None:
    call = call_of(model)
    ours = answered(model, FreeU((1.2, 1.4, 0.9, 0.2), version=1, placed="block"))
    theirs = copy.deepcopy(model.unet)
    theirs.enable_freeu(s1=0.9, s2=0.2, b1=1.2, b2=1.4)
    with torch.no_grad():
        (expected,) = theirs(call.x, call.timesteps, encoder_hidden_states=call.context, return_dict=False)
    assert torch.allclose(ours, expected, atol=1e-4)
    assert not torch.allclose(ours, answered(model, None), atol=1e-3)
