"""A ControlNet's architecture from the shapes of its tensors, and diffusers' configuration of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extensions.controlnet.control.networks.layout import ControlLayout, control_layout, diffusers_config
from pipelines.contract.errors import CorruptFile, UnsupportedModel

Shapes = dict[str, tuple[int, ...]]
HINTS = {0: (16, 3, 3, 3), 4: (32, 16, 3, 3), 8: (96, 32, 3, 3), 12: (256, 96, 3, 3)}


def shapes(widths: tuple[int, ...] = (32, 64), *, depths: tuple[int, ...] = (1, 2), mid: int = 2) -> Shapes:
    """Two blocks per level, with transformers of these depths, under LDM's names."""
    made: Shapes = {"input_blocks.0.0.weight": (widths[0], 4, 3, 3)}
    made |= {f"input_hint_block.{index}.weight": shape for index, shape in HINTS.items()}
    number = 1
    for level, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        for _ in range(2):
            block = f"input_blocks.{number}"
            made[f"{block}.0.in_layers.2.weight"] = (width, width, 3, 3)
            if depth:
                made[f"{block}.1.proj_in.weight"] = (width, width, 1, 1)
            for inner in range(depth):
                made[f"{block}.1.transformer_blocks.{inner}.attn2.to_k.weight"] = (width, 48)
            number += 1
        if level < len(widths) - 1:
            made[f"input_blocks.{number}.0.op.weight"] = (width, width, 3, 3)
            number += 1
    for inner in range(mid):
        made[f"middle_block.1.transformer_blocks.{inner}.attn2.to_k.weight"] = (widths[-1], 48)
    return made


def test_a_layout_is_that_of_the_shapes() -> None:
    layout = control_layout(shapes())
    assert layout == ControlLayout(
        in_channels=4,
        hint_channels=3,
        hint_widths=(16, 32, 96, 256),
        widths=(32, 64),
        blocks_per_level=2,
        depths=((1, 1), (2, 2)),
        mid_depth=2,
        context_width=48,
        linear_projection=False,
        vector_width=None,
    )
    # two blocks and a downsampler or the first convolution per level, and the middle
    assert layout.outputs == 7


def test_vector_and_linear_projections_are_seen() -> None:
    more = {**shapes(), "label_emb.0.0.weight": (128, 40), "input_blocks.1.1.proj_in.weight": (32, 32)}
    layout = control_layout(more)
    assert (layout.vector_width, layout.linear_projection) == (40, True)
    assert diffusers_config(layout, None)["class_embed_type"] == "projection"


def test_a_level_without_attention_is_plain() -> None:
    layout = control_layout(shapes(depths=(0, 1), mid=1))
    assert layout.depths == ((), (1, 1))
    config = diffusers_config(layout, 8)
    assert config["down_block_types"] == ("DownBlock2D", "CrossAttnDownBlock2D")
    assert config["transformer_layers_per_block"] == (1, 1)
    assert config["attention_head_dim"] == (8, 8)


def test_a_network_without_any_attention_has_a_plain_middle() -> None:
    layout = control_layout(shapes(depths=(0, 0), mid=0))
    assert layout.context_width is None
    config = diffusers_config(layout, None)
    assert config["mid_block_type"] == "UNetMidBlock2D"
    assert config["cross_attention_dim"] == 64


@pytest.mark.parametrize(("width", "heads"), [(32, 1), (64, 1), (320, 5), (1280, 20)])
def test_heads_have_64_channels_where_no_number_is_given(width: int, heads: int) -> None:
    layout = replace(control_layout(shapes()), widths=(width,))
    assert diffusers_config(layout, None)["attention_head_dim"] == (heads,)


def test_blocks_of_a_level_have_equal_transformers() -> None:
    made = shapes()
    del made["input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight"]
    with pytest.raises(UnsupportedModel, match="different transformers in its blocks"):
        control_layout(made)


def test_levels_have_equally_many_blocks() -> None:
    made = {n: s for n, s in shapes().items() if not n.startswith("input_blocks.5.")}
    with pytest.raises(UnsupportedModel, match="different number of residual blocks"):
        control_layout(made)


def test_the_middle_is_as_deep_as_the_last_level_with_attention() -> None:
    with pytest.raises(UnsupportedModel, match="depth of the ControlNet's middle"):
        diffusers_config(control_layout(shapes(mid=1)), 8)
    plain_end = control_layout(shapes(depths=(1, 0), mid=3))
    assert diffusers_config(plain_end, 8)["transformer_layers_per_block"] == (1, 3)


def test_a_missing_tensor_is_named() -> None:
    made: Any = shapes()
    del made["input_hint_block.8.weight"]
    with pytest.raises(CorruptFile, match=r"input_hint_block\.8\.weight"):
        control_layout(made)
