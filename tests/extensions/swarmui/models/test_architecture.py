"""Checkpoints get their class by their tensors."""

from __future__ import annotations

import pytest

from extensions.swarmui.models.architecture import TOLD, USUAL, architecture_in
from extensions.swarmui.models.classes import class_of
from pipelines.families.registry import BUILT_IN

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
SD2_TEXT = "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"
XL_TEXTS = "conditioner.embedders.0.transformer.a", "conditioner.embedders.1.model.ln_final.weight"


@pytest.mark.parametrize(
    ("names", "inputs", "found"),
    [
        (("cond_stage_model.transformer.a",), 4, "stable-diffusion-v1"),
        (("cond_stage_model.transformer.a",), 9, "stable-diffusion-v1-inpainting"),
        (("cond_stage_model.transformer.a",), 8, "stable-diffusion-v1"),
        ((SD2_TEXT,), 4, "stable-diffusion-v2-768-v"),
        ((SD2_TEXT,), 9, "stable-diffusion-v2-inpainting"),
        ((SD2_TEXT,), 5, "stable-diffusion-v2-depth"),
        ((SD2_TEXT, "depth_model.model.a"), 5, "stable-diffusion-v2-depth"),
        (
            (SD2_TEXT, "embedder.model.ln_final.weight"),
            4,
            "stable-diffusion-v2-768-v",
        ),
        (XL_TEXTS, 4, "stable-diffusion-xl-v1-base"),
        (XL_TEXTS, 9, "stable-diffusion-xl-v1-base"),
        (("conditioner.embedders.0.model.ln_final.weight",), 4, "stable-diffusion-xl-v1-refiner"),
        (("unknown.a",), 4, None),
    ],
)
def test_by_text_encoders_and_inputs(names: tuple[str, ...], inputs: int, found: str | None) -> None:
    shapes = {**dict.fromkeys(names, (1,)), FIRST: (2, inputs, 1, 1)}
    assert architecture_in(shapes, small=False) == found


def test_the_two_of_version_2_have_the_same_tensors() -> None:
    shapes = {SD2_TEXT: (1,), FIRST: (2, 4, 1, 1)}
    assert architecture_in(shapes, small=True) == "stable-diffusion-v2-512"
    assert architecture_in({**shapes, FIRST: (2, 5, 1, 1)}, small=True) == "stable-diffusion-v2-depth"


@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("joint_blocks.0.x_block.attn.qkv.weight", "joint_blocks.23.x"), "stable-diffusion-v3-medium"),
        (("joint_blocks.0.x_block.attn2.qkv.weight",), "stable-diffusion-v3.5-medium"),
        (("joint_blocks.0.x_block.attn.qkv.weight", "joint_blocks.37.x"), "stable-diffusion-v3.5-large"),
        (("double_blocks.0.img_attn.qkv.weight", "guidance_in.in_layer.weight"), "Flux.1-dev"),
        (("double_blocks.0.img_attn.qkv.weight",), "Flux.1-schnell"),
    ],
)
def test_transformers(names: tuple[str, ...], found: str, prefix: str) -> None:
    assert architecture_in({f"{prefix}{name}": (1,) for name in names}, small=False) == found


@pytest.mark.parametrize("shape", [(), (4,), (2, 4), {"a": (1,)}, "x", None])
def test_an_odd_input_is_of_no_class(shape: object) -> None:
    shapes = {"cond_stage_model.transformer.a": (1,), FIRST: shape}
    assert architecture_in(shapes, small=False) is None


def test_every_family_that_runs_here_has_a_class() -> None:
    assert [class_of(USUAL[family.name]) for family in BUILT_IN].count(None) == 0
    assert {name for name, _ in TOLD} <= USUAL.keys()
