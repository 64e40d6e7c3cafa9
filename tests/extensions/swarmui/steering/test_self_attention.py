"""Self-attention guidance: its parts worked out by hand, and what it adds to a real network's answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from extensions.swarmui.steering.self_attention import (
    SelfAttentionGuidance,
    attended,
    blurred_latents,
    looked_at,
    split,
)
from extensions.swarmui.steering.wish import AttentionWish
from pipelines.denoising.freeu import FreeU
from pipelines.denoising.model_call import ModelCall
from pipelines.engine.evaluate import evaluate
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from tests.pipelines.denoising.tiny_calls import call_of


@pytest.fixture(scope="module")
def model(models_dir: Path) -> LoadedModel:
    return load_checkpoint(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")


def wide(model: LoadedModel, **changes: Any) -> ModelCall:
    """A call in whose middle there are four tokens: of one alone, all is a fair share."""
    call = call_of(model, **changes)
    return replace(call, x=torch.cat([call.x, call.x.flip(-1)], dim=-1).repeat(1, 1, 2, 1))


def pull(call: ModelCall, scale: float = 0.5, sigma: float = 2.0, cfg_scale: float = 7.0) -> Tensor:
    """Return the guidance that is added to each row."""
    guided = SelfAttentionGuidance(AttentionWish(scale=scale, sigma=sigma), cfg_scale)(call)
    return (evaluate([guided])[0] - evaluate([call])[0]).float()


def test_all_rows_of_a_picture_are_pulled_alike(model: LoadedModel) -> None:
    added = pull(wide(model))
    assert added[0].abs().mean() > 1e-5
    assert torch.allclose(added[0], added[1], atol=1e-4)
    assert torch.allclose(pull(wide(model), scale=1.0), added * 2, atol=1e-4)
    assert pull(wide(model), sigma=0.0).abs().max() < 1e-4


def test_a_call_of_the_negative_prompt_alone_gets_it_by_its_share(model: LoadedModel) -> None:
    together = pull(wide(model))
    alone = pull(wide(model, is_cond=(False,)), cfg_scale=3.0)
    assert torch.allclose(alone[0] * (1 - 3.0), together[1], atol=1e-4)
    call = wide(model, is_cond=(False,))
    assert SelfAttentionGuidance(AttentionWish(), 1.0)(call) is call
    prompt = wide(model, is_cond=(True,))
    assert SelfAttentionGuidance(AttentionWish(), 7.0)(prompt) is prompt


def test_what_else_changes_attention_holds_in_the_second_look(model: LoadedModel) -> None:
    call = FreeU((1.1, 1.2, 0.9, 0.2))(wide(model))
    assert pull(call, sigma=0.0).abs().max() < 1e-4
    assert pull(call).abs().mean() > 1e-5
    assert not model.unet.mid_block.attentions[0].transformer_blocks[0].attn1._forward_pre_hooks  # type: ignore[union-attr]


def test_attention_is_shared_out(model: LoadedModel) -> None:
    block = model.unet.get_submodule("mid_block.attentions.0.transformer_blocks.0.attn1")
    width = block.get_parameter("to_q.weight").shape[1]
    seen = attended(block, torch.randn(2, 16, width, generator=torch.Generator().manual_seed(1)))
    assert torch.allclose(seen.sum(dim=1), torch.full((2,), 16.0), atol=1e-3)


@pytest.mark.parametrize(("height", "width", "tokens"), [(8, 8, 1), (8, 8, 16), (64, 48, 48), (9, 16, 4)])
def test_the_mask_has_the_size_of_the_latents(height: int, width: int, tokens: int) -> None:
    seen = torch.full((1, tokens), 0.5)
    seen[0, 0] = 2.0
    mask = looked_at(seen, height, width)
    assert mask.shape == (1, 1, height, width)
    assert mask[0, 0, 0, 0] == 1.0
    assert mask.mean() < 0.5 or tokens == 1


@pytest.mark.parametrize("v_prediction", [False, True])
def test_a_prediction_is_split_into_picture_and_noise(v_prediction: bool, model: LoadedModel) -> None:
    picture, noise, kept = torch.full((1, 1), 0.5), torch.full((1, 1), 2.0), torch.tensor(0.6)
    noised = torch.tensor(0.8)
    x = kept * picture + noised * noise
    predicted = kept * noise - noised * picture if v_prediction else noise
    other = replace(model, noise=replace(model.noise, v_prediction=v_prediction))  # type: ignore[type-var]
    found = split(x, predicted, kept, noised, model=other)
    assert torch.allclose(torch.stack(found), torch.stack((picture, noise)), atol=1e-6)


def test_blur_keeps_what_is_flat_and_spreads_what_is_not() -> None:
    flat, dot = torch.full((1, 4, 8, 8), 3.0), torch.zeros(1, 4, 8, 8)
    dot[..., 4, 4] = 1.0
    assert torch.allclose(blurred_latents(flat, 2.0), flat, atol=1e-5)
    assert blurred_latents(dot, 1.0).amax() < 0.3
    assert torch.equal(blurred_latents(dot, 0.0), dot)
