"""UNets are inferred from names and shapes as they were published."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.families.sd.unet import build_unet
from pipelines.families.sd.unet_layout import UNetLayout, unet_layout
from tools import published
from tools.published import parameter_count, unet_shapes

LAYOUTS = {
    "sd1": (published.SD1, 8, 859.5),
    "sd1-inpaint": (published.SD1_INPAINT, 8, 859.5),
    "sd2": (published.SD2, None, 865.9),
    "sdxl": (published.SDXL, None, 2567.5),
    "refiner": (published.REFINER, None, 2259.5),
    "ssd-1b": (published.SSD_1B, None, 1300.0),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_unet_is_inferred_as_published(name: str) -> None:
    layout, heads, _ = LAYOUTS[name]
    assert unet_layout(unet_shapes(layout, heads)) == layout


@pytest.mark.parametrize("name", LAYOUTS)
def test_unet_has_the_published_size(name: str) -> None:
    layout, heads, millions = LAYOUTS[name]
    assert parameter_count(build_unet(layout, heads=heads)) == pytest.approx(
        millions, rel=0.03 if millions == 1300 else 1e-4
    )


def test_sd1_has_eight_heads_and_the_others_64_channels_per_head() -> None:
    sd1 = build_unet(published.SD1, heads=8)
    sd2 = build_unet(published.SD2, heads=None)
    assert sd1.config["attention_head_dim"] == (8, 8, 8, 8)
    assert sd2.config["attention_head_dim"] == (5, 10, 20, 20)


def test_sd1_names_are_those_of_the_original_file() -> None:
    shapes = unet_shapes(published.SD1, heads=8)
    assert len(shapes) == 686
    assert shapes["input_blocks.0.0.weight"] == (320, 4, 3, 3)
    assert shapes["input_blocks.3.0.op.bias"] == (320,)
    assert shapes["input_blocks.4.0.skip_connection.weight"] == (640, 320, 1, 1)
    assert shapes["middle_block.1.transformer_blocks.0.attn2.to_k.weight"] == (1280, 768)
    assert shapes["middle_block.2.out_layers.3.weight"] == (1280, 1280, 3, 3)
    assert shapes["output_blocks.2.1.conv.weight"] == (1280, 1280, 3, 3)
    assert shapes["output_blocks.5.2.conv.weight"] == (1280, 1280, 3, 3)
    assert shapes["output_blocks.11.1.transformer_blocks.0.ff.net.0.proj.weight"] == (2560, 320)
    assert shapes["out.2.weight"] == (4, 320, 3, 3)


def test_missing_tensor_is_named() -> None:
    shapes = unet_shapes(published.SD1, heads=8)
    del shapes["out.2.weight"]
    with pytest.raises(CorruptFile, match=r"out\.2\.weight"):
        unet_layout(shapes)


def test_uneven_unet_is_refused() -> None:
    shapes = {
        k: v for k, v in unet_shapes(published.SD1, heads=8).items() if not k.startswith("input_blocks.11.")
    }
    with pytest.raises(UnsupportedModel, match="residual blocks"):
        unet_layout(shapes)


def test_middle_deeper_than_the_last_level_is_refused() -> None:
    odd: UNetLayout = published.unet(middle=3, down=((1, 1), (1, 1), (1, 1), (1, 1)))
    with pytest.raises(UnsupportedModel, match="middle"):
        build_unet(odd, heads=8)
