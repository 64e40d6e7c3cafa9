"""The part of a picture that is repainted, its start, and its laying back."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.drawing import repainting
from extensions.fooocus.drawing.canvas import DrawingStart
from extensions.fooocus.drawing.region import Region
from extensions.fooocus.drawing.repainting import EMPTY, inpaint_canvas, laid_back
from extensions.fooocus.kinds import InpaintWish
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.contract.limits import WorkLimits
from pipelines.families.base import Latents
from tests.extensions.fooocus.drawing.test_masks import as_bytes
from tests.extensions.fooocus.drawing.test_run import base_request
from tests.sdapi.fakes import png

GREY = (100, 100, 100)


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint of 8 pixels a cell, without weights that repaint; pictures are enlarged plainly."""

    def enlarged(picture: Image.Image, size: tuple[int, int], *_: object) -> Pieces[Image.Image]:
        yield
        return picture.resize(size)

    model = SimpleNamespace(latents=Latents(channels=4, cell=8, scale=1.0))
    monkeypatch.setattr(repainting, "enlarged", enlarged)
    monkeypatch.setattr(repainting, "model_of", lambda *_: model)
    monkeypatch.setattr(repainting, "engine_files", lambda *_: None)


def canvas(*, limits: WorkLimits | None = None, **wish: Any) -> tuple[DrawingStart, list[str]]:
    told: list[str] = []
    services: Any = SimpleNamespace(settings=SimpleNamespace(limits=limits or WorkLimits()))
    picture = as_bytes(Image.new("RGB", (128, 128), GREY))
    asked = InpaintWish(image=picture, **wish)
    made = in_one_go(inpaint_canvas(base_request(Path(), native=128), asked, services, told.append))
    return made, told


def square(left: int, top: int, side: int) -> bytes:
    mask = Image.new("L", (128, 128))
    mask.paste(255, (left, top, left + side, top + side))
    return as_bytes(mask)


def opened(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_an_empty_mask_leaves_words_alone() -> None:
    made, told = canvas(mask=None)
    assert (made.start, made.size, told) == (None, (64, 64), [EMPTY])


def test_the_whole_picture_is_looked_at_with_a_field_of_one() -> None:
    made, told = canvas(mask=square(32, 32, 16), strength=0.5)
    assert made.start is not None and made.start.inpaint is not None
    assert (made.size, made.strength, made.start.inpaint.fill, told) == ((128, 128), 0.5, 1, [])
    assert (opened(made.start.images[0]) == GREY).all()
    assert opened(made.start.inpaint.mask).sum() == 255 * 16 * 16


def test_a_small_field_looks_at_the_square_around_the_mask_enlarged() -> None:
    made, _ = canvas(mask=square(56, 56, 16), strength=0.5, field=0.25)
    assert made.start is not None and made.start.inpaint is not None
    assert made.size == (128, 128)
    # of a side of 32 pixels the mask covers half
    assert 0.4 < (opened(made.start.inpaint.mask) > 0).mean() ** 0.5 < 0.6


def test_noise_is_the_start_where_that_is_asked() -> None:
    made, _ = canvas(mask=square(0, 0, 16), strength=0.5, from_noise=True)
    assert made.start is not None and made.start.inpaint is not None
    assert made.start.inpaint.fill == 3


def test_outpainting_grows_the_picture_and_covers_what_is_new() -> None:
    made, _ = canvas(sides=("Left", "Top"), distances=(128, 0, 0, 0), debug=True)
    filled, mask, crop = made.product
    # 128 at the left as asked, three tenths of the height at the top: 256 x 166, all of it looked at
    assert crop.size == (256, 128 + 38)
    covered = np.asarray(mask)[:, :, 0] > 0
    assert (filled.size, covered[:, :40].all(), covered[-8:, -8:].any()) == (mask.size, True, False)


def test_a_picture_that_grows_beyond_the_limits_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        canvas(sides=("Left",), distances=(128, 0, 0, 0), limits=WorkLimits(side=255))
    assert caught.value.field == "outpaint_distance_left"


def test_a_mask_of_no_picture_is_named() -> None:
    with pytest.raises(InvalidRequest) as caught:
        canvas(mask=b"nothing")
    assert caught.value.field == "input_mask"


def test_only_the_region_changes_and_softly_at_the_masks_edge() -> None:
    pixels = np.full((128, 128, 3), 100, dtype=np.uint8)
    mask = np.zeros((128, 128), dtype=np.uint8)
    mask[48:80, 48:80] = 255
    region = Region(left=16, top=16, right=112, bottom=112)
    drawn = Image.open(io.BytesIO(png(96, 96, "white")))
    made = np.asarray(laid_back(drawn, pixels, mask, region))[:, :, 0].astype(int)
    assert (made[48:80, 48:80] == 255).all()
    # the ramp outside falls by 8 of 256 with every pixel
    assert [int(value) for value in made[64, 80:83]] == [250, 245, 240]
    assert (made[64, 111] > 100, made[64, 112], made[0, 0]) == (False, 100, 100)
