"""Pictures of units are read like all others: any mode, no program started."""

from __future__ import annotations

import subprocess
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.units.pictures import read_picture, read_source
from extensions.controlnet.units.unit import Source
from pipelines.contract.errors import InvalidRequest
from tests.pipelines.pictures.files import EIGHT, encoded, scene

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n%%EOF\n"
DEEP = Image.fromarray(EIGHT.astype(np.uint16) * 257)


def read(image: Image.Image, kind: str = "PNG", **more: Any) -> np.ndarray:
    """A picture as a unit gets it."""
    return read_picture(encoded(image, kind, **more), field="x")


def test_deep_grey_is_scaled() -> None:
    for plane in np.moveaxis(read(DEEP), 2, 0):
        assert np.array_equal(plane, EIGHT)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode: str) -> None:
    assert read(Image.new(mode, (4, 4), (0,) * len(mode))).min() == 255
    assert read(Image.new(mode, (4, 4), (*(0,) * (len(mode) - 1), 255))).max() == 0


def test_transparent_palettes_lie_on_white() -> None:
    image = Image.new("P", (4, 4), 0)
    assert read(image, transparency=0).min() == 255
    assert read(image, "GIF", transparency=0).min() == 255


def test_pictures_are_upright() -> None:
    tag = Image.Exif()
    tag[0x0112] = 6
    assert read(scene(), exif=tag).shape == (24, 16, 3)


def test_masks_are_read_alike() -> None:
    source = Source(image=encoded(DEEP), mask=encoded(DEEP))
    mask = read_source(source, field="unit").mask
    assert mask is not None
    assert np.array_equal(mask, EIGHT)


@pytest.mark.parametrize("data", [EPS, b"", b"no picture", encoded(scene())[:70]])
def test_all_else_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: started.append(args))
    with pytest.raises(InvalidRequest, match="Invalid encoded image") as caught:
        read_picture(data, field="unit.image")
    assert (caught.value.field, started) == ("unit.image", [])
