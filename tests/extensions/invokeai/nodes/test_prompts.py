"""Nodes that encode prompts: what is encoded, and what a model is conditioned on besides."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from extensions.invokeai.context.conditioning_data import BasicConditioningInfo, SDXLConditioningInfo
from extensions.invokeai.drawing import prompts
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.nodes.models import clip_of
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

CLIP = clip_of(ModelIdentifierField.model_validate(model("m", "main"))).model_dump()


@pytest.fixture(autouse=True)
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Texts and text encoders that a stand-in was given; it makes as many tokens as a text has letters."""
    given: list[tuple[str, int]] = []

    def encode_clip(
        context: Any, clip: Any, text: str, *, tower: int = 0, blank: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        given.append((text, tower))
        width = tower + 2
        return torch.full((1, len(text), width), float(tower + 1)), torch.full((1, 3), 9.0)

    monkeypatch.setattr(prompts, "encode_clip", encode_clip)
    return given


def info_of(bench: Bench, output: dict[str, Any]) -> Any:
    name = output["conditioning"]["conditioning_name"]
    return bench.services.shared.conditioning.load(name).conditionings[0]


def test_a_prompt_is_stored_with_its_mask(bench: Bench) -> None:
    output = bench.run("compel", prompt="abc", clip=CLIP, mask={"tensor_name": "t"})
    info = info_of(bench, output)
    assert type(info) is BasicConditioningInfo and info.embeds.shape == (1, 3, 2)
    assert output["conditioning"]["mask"] == {"tensor_name": "t"}


def test_both_encoders_of_sdxl_stand_side_by_side(bench: Bench, encoded: list[tuple[str, int]]) -> None:
    sizes = {"original_width": 1, "original_height": 2, "crop_top": 3, "crop_left": 4}
    more = {"target_width": 5, "target_height": 6}
    output = bench.run(
        "sdxl_compel_prompt", prompt="ab", style="abcd", clip=CLIP, clip2=CLIP, **sizes, **more
    )
    info = info_of(bench, output)
    assert type(info) is SDXLConditioningInfo and encoded == [("ab", 0), ("abcd", 1)]
    assert info.embeds.shape == (1, 4, 5)
    assert info.embeds[0, :, 0].tolist() == [1, 1, 0, 0] and info.embeds[0, :, 4].tolist() == [2, 2, 2, 2]
    assert info.pooled_embeds.tolist() == [[9, 9, 9]]
    assert info.add_time_ids.tolist() == [[2, 1, 3, 4, 6, 5]]


def test_the_prompt_is_the_style_where_there_is_none(bench: Bench, encoded: list[tuple[str, int]]) -> None:
    bench.run("sdxl_compel_prompt", prompt="ab", style="  ", clip=CLIP, clip2=CLIP)
    assert encoded == [("ab", 0), ("ab", 1)]


def test_the_refiner_has_a_score_in_place_of_a_target(bench: Bench, encoded: list[tuple[str, int]]) -> None:
    sizes = {"original_width": 1, "original_height": 2, "crop_top": 3, "crop_left": 4}
    output = bench.run("sdxl_refiner_compel_prompt", style="abc", clip2=CLIP, aesthetic_score=2.5, **sizes)
    info = info_of(bench, output)
    assert encoded == [("abc", 1)] and info.embeds.shape == (1, 3, 3)
    assert info.add_time_ids.tolist() == [[2, 1, 3, 4, 2.5]]


def test_skipped_layers_add_up(bench: Bench) -> None:
    once = bench.run("clip_skip", clip=CLIP, skipped_layers=1)["clip"]
    assert bench.run("clip_skip", clip=once, skipped_layers=2)["clip"]["skipped_layers"] == 3
