"""Strength and masks decide what img2img and inpainting keep of a picture, and what they change."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.contract.requests import Img2Img, Inpaint
from tests.meaning.conftest import SIDE, Draw
from tools.demo.judge import read_picture


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _drawn(colour: str) -> Image.Image:
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(picture).ellipse((41, 41, 87, 87), fill=colour)
    return picture


def _difference(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a).astype(float) - np.asarray(b).astype(float)).mean())


@pytest.mark.slow
def test_low_strength_keeps_the_picture(draw: Draw) -> None:
    start = _drawn("#1e3ce1")
    source = Img2Img(images=(_png(start),))
    prompt = "a red circle on a white background"
    kept = draw(prompt, img2img=source, denoising_strength=0.1)
    changed = draw(prompt, img2img=source, denoising_strength=0.9)
    assert read_picture(kept).figures[0].colour == "blue"
    assert read_picture(changed).figures[0].colour == "red"
    assert _difference(kept, start) < _difference(changed, start)


def test_a_mask_confines_the_change(draw: Draw) -> None:
    start = _drawn("#1e3ce1")
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).rectangle((0, 0, SIDE // 2 - 1, SIDE), fill=255)
    source = Img2Img(
        images=(_png(start),),
        inpaint=Inpaint(mask=_png(mask), blur_x=0, blur_y=0, fill=1, only_masked=False),
    )
    result = draw("a red circle on a white background", img2img=source, denoising_strength=0.9)
    right = (SIDE // 2, 0, SIDE, SIDE)
    left = (0, 0, SIDE // 2, SIDE)
    assert _difference(result.crop(right), start.crop(right)) == 0
    assert _difference(result.crop(left), start.crop(left)) > 2
