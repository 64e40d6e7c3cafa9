"""IP-Adapter units in a call: their window, their weights by transformer, tokens made once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
import torch

from extensions.controlnet.image_prompts.adapter import IPAdapter, KeysValues
from extensions.controlnet.image_prompts.attention import DecoupledAttention
from extensions.controlnet.image_prompts.cross_attention import cross_attentions
from extensions.controlnet.image_prompts.hook import ImagePromptHook, transformer_weights
from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import ControlMode, HiresOption
from pipelines.contract.errors import InvalidRequest
from pipelines.denoising.model_call import ModelCall
from pipelines.families.model import LoadedModel
from tests.extensions.controlnet import tiny

MODEL = tiny.tiny_model()
CALL = tiny.tiny_call(MODEL)


class Adapter:
    """Tokens of 1 for the negative prompt and 2 for the prompt; ``made`` counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.layout = AdapterLayout(
            projector=Projector.LINEAR, input_width=4, context_width=tiny.CONTEXT, attentions=16
        )

    def tokens(self, embeddings: object, device: object) -> torch.Tensor:
        self.made += 1
        return torch.stack([torch.ones(3, 5), torch.full((3, 5), 2.0)])

    def keys_values(self, tokens: torch.Tensor) -> list[KeysValues]:
        owners = [attention for _, attention in cross_attentions(MODEL.unet)]
        widths = [int(cast("Any", owner).to_k.weight.shape[0]) for owner in owners]
        return [KeysValues(keys=torch.ones(2, 3, w), values=torch.ones(2, 3, w)) for w in widths]


def hook(*units: PreparedUnit, step: int = 0, adapter: Adapter | None = None) -> ImagePromptHook:
    made = adapter or Adapter()
    return ImagePromptHook(
        units=units, progress=lambda: (step, 20), adapter=lambda unit, model: cast("IPAdapter", made)
    )


def prompts(call: ModelCall) -> list[Any]:
    (attention,) = call.attention
    assert isinstance(attention, DecoupledAttention)
    return list(attention.prompts)


def test_one_weight_holds_for_every_transformer() -> None:
    assert transformer_weights(tiny.tiny_unit(weight=0.7).unit, 11) == (0.7,) * 11


def test_given_weights_are_one_per_transformer() -> None:
    given = tuple(index / 16 for index in range(16))
    assert transformer_weights(tiny.tiny_unit(advanced_weighting=given).unit, 16) == given
    with pytest.raises(InvalidRequest, match="16 weights for this checkpoint, not 2") as caught:
        transformer_weights(tiny.tiny_unit(advanced_weighting=(1.0, 0.5)).unit, 16)
    assert caught.value.field == "args.0.advanced_weighting"


def test_only_transformers_of_a_positive_weight_are_hooked() -> None:
    given = tuple(1.0 if index == 6 else -1.0 for index in range(16))
    made = hook(tiny.tiny_unit(advanced_weighting=given))(CALL)
    with made.attention[0]:
        touched = [
            number
            for number, attention in cross_attentions(MODEL.unet)
            if attention.to_q._forward_hooks  # pyright: ignore[reportPrivateUsage]
        ]
    assert touched == [6]


def test_window_and_zero_weight_leave_the_call_alone() -> None:
    late = tiny.tiny_unit(guidance_start=0.5)
    assert hook(late)(CALL) is CALL
    assert hook(late, step=15)(CALL).attention
    assert hook(tiny.tiny_unit(weight=0.0))(CALL) is CALL


def test_neither_mode_nor_pass_counts() -> None:
    unit = tiny.tiny_unit(control_mode=ControlMode.CONTROL, hr_option=HiresOption.HIGH)
    assert len(prompts(hook(unit)(CALL))) == 1


def test_tokens_are_made_once_for_a_unit_and_a_model() -> None:
    adapter = Adapter()
    one = hook(tiny.tiny_unit(), adapter=adapter)
    one(CALL)
    one(CALL)
    assert adapter.made == 1
    other: LoadedModel = tiny.tiny_model()
    one(replace(CALL, model=other))
    assert adapter.made == 2


def test_a_unit_with_a_source_reads_its_tokens_by_row() -> None:
    face = tiny.tiny_unit()
    control = replace(tiny.tiny_unit(), token_source=face)
    made = hook(face).context(control, CALL)
    assert made.shape == (2, 3, 5)
    assert (made[0] == 2).all() and (made[1] == 1).all()
    assert hook(face).context(face, CALL) is CALL.context
