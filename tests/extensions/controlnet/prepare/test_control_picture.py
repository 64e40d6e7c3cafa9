"""The picture that steers a unit: its own or the request's, with its mask, cropped for "only masked"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.prepare.control_picture import choose_picture, init_picture, repaint_mask
from extensions.controlnet.units.spellings import ResizeMode
from extensions.controlnet.units.unit import Source, Unit
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest, Img2Img, Inpaint
from tests.extensions.controlnet import tiny
from tests.pipelines.jobs.helpers import make_request
from tests.pipelines.pictures.files import encoded as png

RED = png(Image.new("RGB", (64, 64), (255, 0, 0)))
QUARTERS = np.zeros((64, 64, 3), np.uint8)
QUARTERS[32:, 32:] = (0, 0, 200)
CORNER = np.zeros((64, 64), np.uint8)
CORNER[32:, 32:] = 255


def unit(module: str, *, own: bool = True, **values: Any) -> Unit:
    sources = (Source(image=png(Image.fromarray(QUARTERS))),) if own else ()
    return replace(tiny.tiny_unit(module).unit, **{"sources": sources, **values})


def request(*, inpaint: Inpaint | None = None, mode: int = 0, **changes: Any) -> GenerationRequest:
    img2img = Img2Img(images=(RED,), inpaint=inpaint, resize_mode=mode)
    return replace(make_request(img2img=img2img), **{"width": 64, "height": 64, **changes})


def masked(**values: Any) -> Inpaint:
    given: dict[str, Any] = {"mask": png(Image.fromarray(CORNER)), "blur_x": 0, "blur_y": 0, **values}
    return Inpaint(**given)


def test_a_units_own_picture_comes_first() -> None:
    array, mode = choose_picture(unit("canny", resize_mode=ResizeMode.FILL), request())
    assert np.array_equal(array, QUARTERS)
    assert mode is ResizeMode.FILL


@pytest.mark.parametrize(
    ("number", "mode"),
    [
        (0, ResizeMode.JUST_RESIZE),
        (1, ResizeMode.CROP),
        (2, ResizeMode.FILL),
        (3, ResizeMode.JUST_RESIZE),
    ],
)
def test_a_unit_without_one_takes_the_requests_and_its_mode(number: int, mode: ResizeMode) -> None:
    array, chosen = choose_picture(
        unit("canny", own=False, resize_mode=ResizeMode.FILL), request(mode=number)
    )
    assert (array == (255, 0, 0)).all()
    assert chosen is mode


def test_without_any_picture_the_unit_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no input image") as caught:
        choose_picture(unit("canny", own=False), make_request())
    assert caught.value.field == "args.0.image"


@pytest.mark.parametrize(
    ("module", "channels", "repainted"),
    [("ip-adapter_clip_sd15", 4, False), ("inpaint", 4, True), ("canny", 3, False)],
)
def test_a_requests_mask_reaches_only_what_repaints(module: str, channels: int, repainted: bool) -> None:
    array, _ = choose_picture(unit(module, own=False), request(inpaint=masked(only_masked=False)))
    assert array.shape == (64, 64, channels)
    if channels == 4:
        assert np.array_equal(array[:, :, 3], CORNER if repainted else np.zeros_like(CORNER))


def test_a_units_mask_is_a_drawing_unless_the_module_reads_masks() -> None:
    mask = png(Image.fromarray(CORNER))
    sources = (Source(image=RED, mask=mask),)
    drawn, _ = choose_picture(unit("canny", sources=sources), make_request())
    assert np.array_equal(drawn, np.dstack([CORNER] * 3))
    read, _ = choose_picture(unit("inpaint", sources=sources), make_request())
    assert np.array_equal(read, np.dstack([np.full((64, 64, 3), (255, 0, 0), np.uint8), CORNER]))
    options = GenerationOptions(extension={"controlnet_ignore_noninpaint_mask": True})
    ignored, _ = choose_picture(unit("canny", sources=sources), make_request(options=options))
    assert (ignored == (255, 0, 0)).all()


def test_a_mask_is_inverted_as_asked() -> None:
    assert np.array_equal(np.array(repaint_mask(masked()).convert("L")), CORNER)
    assert np.array_equal(np.array(repaint_mask(masked(invert=True)).convert("L")), 255 - CORNER)
    soft = np.array(repaint_mask(masked(blur_x=4, blur_y=4)).convert("L"))
    assert 0 < soft[31, 48] < 255 and soft[63, 63] == 255


def test_a_mask_of_another_size_is_refused() -> None:
    source = Img2Img(images=(RED,), inpaint=masked(mask=png(Image.new("L", (32, 64), 255))))
    with pytest.raises(InvalidRequest, match="size of init_images") as caught:
        init_picture(unit("inpaint", own=False), source)
    assert caught.value.field == "mask.picture"
    assert init_picture(unit("canny", own=False), source).mask is None


def test_only_masked_crops_the_units_picture_to_the_mask() -> None:
    array, _ = choose_picture(unit("canny"), request(inpaint=masked()))
    assert array.shape == (64, 64, 3)
    assert (array[8:56, 8:56] == (0, 0, 200)).all()


@pytest.mark.parametrize(
    ("module", "values", "inpaint"),
    [
        ("reference_only", {}, masked()),
        ("canny", {"inpaint_crop_input_image": False}, masked()),
        ("canny", {}, masked(only_masked=False)),
        ("canny", {}, masked(mask=png(Image.new("L", (64, 64), 0)))),
    ],
)
def test_other_units_keep_the_whole_picture(module: str, values: dict[str, Any], inpaint: Inpaint) -> None:
    array, _ = choose_picture(unit(module, **values), request(inpaint=inpaint))
    assert np.array_equal(array[:, :, :3], QUARTERS)


@pytest.mark.parametrize(
    ("pair", "cropped"), [("SD upscale overlap", True), ("Hires upscale", False), ("Scale", False)]
)
def test_a_script_that_upscales_crops_all_the_same(pair: str, cropped: bool) -> None:
    given = request(inpaint=masked(), pairs=((pair, 1),))
    array, _ = choose_picture(unit("canny", inpaint_crop_input_image=False), given)
    assert np.array_equal(array, QUARTERS) is not cropped
