"""Prepared units: their maps by pass, the network's input, regions, and tensors that are copied once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.maps.embedding import FaceEmbedding, ImageEmbedding
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.prepare.prepared import (
    CPU,
    TargetSizes,
    hint_tensor,
    pixel_perfect,
    pixels,
    prepare_unit,
    region_mask,
)
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.spellings import ResizeMode
from extensions.controlnet.units.unit import Source, Unit
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet import tiny
from tests.pipelines.jobs.helpers import make_request
from tests.pipelines.pictures.files import encoded as png


def painted(value: int, *, masked: int | None = None, size: int = 8) -> Array:
    """A grey map; with ``masked``, (h, w, 4) whose right half has that mask."""
    made = np.full((size, size, 3), value, np.uint8)
    if masked is None:
        return made
    mask = np.zeros((size, size), np.uint8)
    mask[:, size // 2 :] = masked
    return np.dstack([made, mask])


def prepared(module: str = "none", **values: Any) -> Any:
    return replace(tiny.tiny_unit(module), **values)


def test_masked_pixels_of_a_hint_are_minus_one() -> None:
    hint = hint_tensor(painted(255, masked=255))
    assert hint.shape == (1, 3, 8, 8)
    assert (hint[..., :4] == 1).all() and (hint[..., 4:] == -1).all()


@pytest.mark.parametrize(("mask", "value"), [(127, 0.2), (128, -1.0)])
def test_a_mask_counts_above_the_half(mask: int, value: float) -> None:
    assert float(hint_tensor(painted(51, masked=mask))[0, 0, 0, 7]) == pytest.approx(value)


def test_pixels_are_channels_first_in_0_to_1() -> None:
    array = np.array([[[255, 0, 51]]], np.uint8)
    assert pixels(array)[0, :, 0, 0].tolist() == pytest.approx([1.0, 0.0, 0.2])


@pytest.mark.parametrize(
    ("mode", "resolution"), [(ResizeMode.CROP, 512), (ResizeMode.JUST_RESIZE, 512), (ResizeMode.FILL, 288)]
)
def test_pixel_perfect_resolution(mode: ResizeMode, resolution: int) -> None:
    assert pixel_perfect(np.zeros((1080, 1920, 3), np.uint8), 512, 512, mode) == resolution


def test_the_map_of_the_second_pass_is_its_own_if_there_is_one() -> None:
    one = prepared(base=painted(1), hires=painted(2))
    assert (one.map(hires=False).max(), one.map(hires=True).max()) == (1, 2)
    assert prepared(base=painted(1)).map(hires=True).max() == 1
    assert [shown.max() for shown in one.shown] == [2, 1]


def test_embedded_units_show_their_pictures() -> None:
    face = FaceEmbedding(identity=torch.ones(1, 4))
    one = prepared(embeddings=(face,), pictures=(painted(7),))
    assert [shown.max() for shown in one.shown] == [7]
    assert prepared(embeddings=(face,)).shown == ()


def test_clips_embedding_is_that_of_the_first_picture() -> None:
    some = torch.zeros(1, 1)
    first, second = (ImageEmbedding(pooled=some, hidden=some, empty_hidden=some, last=some) for _ in range(2))
    assert prepared(embeddings=(first, second)).seen is first


@pytest.mark.parametrize(
    ("module", "array", "repaints", "keeps"),
    [
        ("inpaint", painted(1, masked=255), True, False),
        ("inpaint_only", painted(1, masked=255), True, True),
        ("inpaint_only", painted(1), False, False),
        ("canny", painted(1, masked=255), False, False),
    ],
)
def test_units_repaint_by_effect_and_mask(module: str, array: Array, repaints: bool, keeps: bool) -> None:
    one = prepared(module, base=array)
    assert (one.repaints is not None, one.keeps_outside) == (repaints, keeps)


def test_a_unit_is_masked_in_either_pass() -> None:
    blank = painted(1, masked=127)
    assert not prepared("inpaint", base=blank).masked
    assert prepared("inpaint", base=blank, hires=painted(1, masked=128)).masked


def test_tensors_are_made_once_per_device_and_name() -> None:
    made: list[str] = []

    def make(name: str) -> torch.Tensor:
        made.append(name)
        return torch.ones(1)

    one = prepared()
    first = one.once(CPU, ("a",), lambda: make("a"))
    assert one.once(CPU, ("a",), lambda: make("a")) is first
    assert one.once(torch.device("meta"), ("a",), lambda: make("a")).device.type == "meta"
    one.once(CPU, ("b",), lambda: make("b"))
    assert made == ["a", "a", "b"]


def test_a_region_is_the_first_channel_in_0_to_1() -> None:
    assert region_mask(tiny.tiny_unit().unit) is None
    data = png(Image.new("RGB", (4, 2), (51, 255, 0)))
    region = region_mask(replace(tiny.tiny_unit().unit, effective_region_mask=data))
    assert region is not None and region.shape == (1, 1, 2, 4)
    assert float(region.mean()) == pytest.approx(0.2)
    with pytest.raises(InvalidRequest) as caught:
        region_mask(replace(tiny.tiny_unit().unit, effective_region_mask=b"no picture"))
    assert caught.value.field == "args.0.effective_region_mask"


def ready(module: str, sizes: TargetSizes, *, width: int = 48, **values: Any) -> tuple[Any, list[Any]]:
    """A unit with a picture of ``width`` x 32 made ready, and the arguments of its preprocessor."""
    asked: list[Any] = []

    def preprocess(preprocessor: Preprocessor, array: Array, sliders: Sliders) -> Array:
        asked.append((array.shape, sliders))
        return array

    unit: Unit = replace(
        tiny.tiny_unit(module).unit,
        sources=(Source(image=png(Image.new("RGB", (width, 32), (90, 90, 90)))),),
        processor_res=64,
        threshold_a=0.1,
        threshold_b=0.2,
        **values,
    )
    state = np.random.RandomState(0)
    made = prepare_unit(unit, make_request(), sizes, model=None, preprocess=preprocess, random=state)
    return made, asked


def test_maps_are_fitted_to_both_passes() -> None:
    made, ((shape, sliders),) = ready("canny", TargetSizes(base=(64, 32), hires=(96, 64)))
    assert (made.base.shape, made.hires.shape) == ((32, 64, 3), (64, 96, 3))
    assert (shape, sliders.resolution, sliders.a, sliders.b) == ((32, 48, 3), 64, 0.1, 0.2)
    assert ready("canny", TargetSizes(base=(64, 32)))[0].hires is None


def test_a_pixel_perfect_unit_ignores_its_resolution() -> None:
    _, ((_, sliders),) = ready("canny", TargetSizes(base=(96, 64), hires=(960, 640)), pixel_perfect=True)
    assert sliders.resolution == 64
    _, ((_, sliders),) = ready("canny", TargetSizes(base=(96, 96)), pixel_perfect=True)
    assert sliders.resolution == 96


def test_only_what_repaints_keeps_a_fourth_channel() -> None:
    assert ready("inpaint", TargetSizes(base=(48, 32)))[0].base.shape == (32, 48, 4)
    assert ready("tile_colorfix", TargetSizes(base=(48, 32)))[0].base.shape == (32, 48, 3)


def test_lama_fills_the_bars_of_resize_and_fill() -> None:
    fill: dict[str, Any] = {"resize_mode": ResizeMode.FILL}
    made, ((shape, _),) = ready("inpaint_only+lama", TargetSizes(base=(64, 64), hires=(96, 96)), **fill)
    assert shape == (96, 96, 4)
    assert made.source.shape == (96, 96, 4)
    assert (made.source[:8, :, 3] == 255).all() and not made.source[40:56, :, 3].any()
    assert ready("inpaint_only", TargetSizes(base=(64, 64)), **fill)[1][0][0] == (32, 48, 4)
