"""Nodes that choose control networks and image prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from extensions.invokeai.fields.adapter_values import IP_METHODS
from extensions.invokeai.models.catalog import key_of
from extensions.invokeai.nodes.adapters import blocks_of
from extensions.invokeai.vocabulary.models import BaseModelType
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

SD1, SDXL = BaseModelType.StableDiffusion1, BaseModelType.StableDiffusionXL
IMAGE = {"image_name": "a.png"}
ATTENTIONS = {
    SD1: (
        *(f"down_blocks.{level}.attentions.{i}" for level in range(3) for i in range(2)),
        "mid_block.attentions.0",
        *(f"up_blocks.{level}.attentions.{i}" for level in range(1, 4) for i in range(3)),
    ),
    SDXL: (
        *(f"down_blocks.{level}.attentions.{i}" for level in (1, 2) for i in range(2)),
        "mid_block.attentions.0",
        *(f"up_blocks.{level}.attentions.{i}" for level in (0, 1) for i in range(3)),
    ),
}
"""Attentions of both UNets, by diffusers' names."""


def reached(method: Any, base: BaseModelType) -> set[str]:
    parts = blocks_of(method, base)
    return {name for name in ATTENTIONS[base] if any(part in name for part in parts)}


@pytest.mark.parametrize("base", [SD1, SDXL])
def test_every_method_reaches_attentions(base: BaseModelType) -> None:
    assert all(reached(method, base) for method in get_args(IP_METHODS))
    assert reached("full", base) == set(ATTENTIONS[base])


def test_style_and_composition_are_far_apart() -> None:
    """For SDXL they are the attentions that InstantStyle names (Wang et al. 2024)."""
    assert reached("style", SDXL) == {"up_blocks.0.attentions.1"}
    assert reached("composition", SDXL) == {"down_blocks.2.attentions.1"}
    assert not reached("style", SD1) & reached("composition", SD1)


@pytest.mark.parametrize("base", [SD1, SDXL])
def test_the_precise_style_adds_the_composition(base: BaseModelType) -> None:
    assert reached("style_precise", base) == reached("style", base) | reached("composition", base)


@pytest.mark.parametrize("base", [SD1, SDXL])
def test_the_strong_style_leaves_the_composition_out(base: BaseModelType) -> None:
    assert reached("style_strong", base) > reached("style", base)
    assert not reached("style_strong", base) & reached("composition", base)


@pytest.fixture
def placed(bench: Bench) -> Path:
    """A file ``c`` in the folder of control models."""
    folder = bench.engine.settings.folders.models / "ControlNet"
    folder.mkdir(parents=True)
    file = folder / "c.safetensors"
    file.touch()
    return file


def test_adapters_are_handed_on_with_their_span(bench: Bench, placed: Path) -> None:
    span = {"begin_step_percent": 0.2, "end_step_percent": 0.8}
    named = model("c", "controlnet")
    control = bench.run(
        "controlnet",
        image=IMAGE,
        control_model=named,
        control_weight=[0.5, 1],
        resize_mode="fill_resize",
        **span,
    )["control"]
    assert control["image"] == IMAGE and control["control_weight"] == [0.5, 1.0]
    assert (control["resize_mode"], control["control_mode"]) == ("fill_resize", "balanced")
    t2i = bench.run("t2i_adapter", image=IMAGE, t2i_adapter_model=named, weight=[0.5], **span)["t2i_adapter"]
    prompt = bench.run("ip_adapter", image=[IMAGE], ip_adapter_model=named, method="style", **span)[
        "ip_adapter"
    ]
    assert t2i["weight"] == [0.5] and prompt["image"] == [IMAGE]
    assert prompt["target_blocks"] == ["up_blocks.1"]
    assert all(one[key] == share for one in (control, t2i, prompt) for key, share in span.items())
    models = control["control_model"], t2i["t2i_adapter_model"], prompt["ip_adapter_model"]
    assert {one["key"] for one in models} == {key_of(placed)}


@pytest.mark.usefixtures("placed")
def test_a_span_ends_after_its_beginning(bench: Bench) -> None:
    with pytest.raises(ValidationError, match="begin_step_percent must not be above"):
        bench.run(
            "controlnet",
            image=IMAGE,
            control_model=model("c", "controlnet"),
            begin_step_percent=0.9,
            end_step_percent=0.1,
        )


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("controlnet", {"control_model": model("c", "controlnet"), "control_weight": 2.1}),
        ("controlnet", {"control_model": model("c", "controlnet"), "control_weight": [0.5, -1.1]}),
        ("t2i_adapter", {"t2i_adapter_model": model("c", "controlnet"), "weight": -0.1}),
        ("t2i_adapter", {"t2i_adapter_model": model("c", "controlnet"), "weight": [0.5, -0.1]}),
    ],
)
def test_weights_keep_their_range_in_lists_too(kind: str, inputs: dict[str, Any], bench: Bench) -> None:
    with pytest.raises(ValidationError, match="weight"):
        bench.run(kind, image=IMAGE, **inputs)
