"""Start pictures and masks: read, checked, and named by our paths where they are at fault."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Img2Img, Inpaint
from sdapi.http.errors import ApiError
from sdapi.http.fetch import FetchPolicy
from sdapi.http.pictures import PictureReader
from sdapi.intent.intent import Intent, MaskIntent, StartIntent
from sdapi.intent.start import resolve_start
from tests.sdapi.fakes import png

READER = PictureReader(policy=FetchPolicy, max_pixels=4096)
RED, BLUE = png(), png(color="blue")
START = StartIntent(images=(RED,))


def started(intent: Intent) -> Img2Img | None:
    return anyio.run(resolve_start, intent, READER)


def test_without_a_picture_it_starts_from_noise() -> None:
    assert started(Intent()) is None


def test_pictures_come_as_bytes_whatever_they_were_sent_as() -> None:
    images = (RED, base64.b64encode(BLUE).decode())
    start = StartIntent(images=images, resize_mode=2, image_cfg_scale=1.5, noise_multiplier=0.9)
    assert started(Intent(batch_size=2, start=start)) == Img2Img(
        images=(RED, BLUE), resize_mode=2, image_cfg_scale=1.5, noise_multiplier=0.9
    )


def test_a_mask_has_one_blur_for_both_axes_or_one_for_each() -> None:
    mask = MaskIntent(picture=RED, latent_mask=BLUE, blur_x=1, blur_y=2, fill=3, padding=5, invert=True)
    expected = Inpaint(
        mask=RED, latent_mask=BLUE, blur_x=1, blur_y=2, fill=3, only_masked=True, padding=5, invert=True
    )
    found = started(Intent(start=START, mask=mask))
    assert found is not None
    assert found.inpaint == expected
    found = started(Intent(start=START, mask=replace(mask, blur=0)))
    assert found is not None
    assert found.inpaint == replace(expected, blur_x=0, blur_y=0)


@pytest.mark.parametrize("count", [0, 3])
def test_a_batch_has_at_most_a_picture_for_each_and_at_least_one(count: int) -> None:
    with pytest.raises(InvalidRequest, match=f"images passed: {count}; expecting 2 or less") as refused:
        started(Intent(batch_size=2, start=StartIntent(images=(RED,) * count)))
    assert refused.value.field == "start.images"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": None, "mask": MaskIntent(picture=RED)}, "mask"),
        ({"start": replace(START, resize_mode=4)}, "start.resize_mode"),
        ({"mask": MaskIntent(picture=RED, fill=4)}, "mask.fill"),
        ({"mask": MaskIntent(picture=RED, blur=1025)}, "mask.blur"),
        ({"mask": MaskIntent(picture=RED, blur_x=-1)}, "mask.blur_x"),
        ({"mask": MaskIntent(picture=RED, blur_y=1025)}, "mask.blur_y"),
        ({"mask": MaskIntent(picture=RED, padding=-1)}, "mask.padding"),
    ],
)
def test_numbers_out_of_range_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        started(replace(Intent(start=START), **changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"batch_size": 2, "start": StartIntent(images=(RED, "!"))}, "start.images.1"),
        ({"mask": MaskIntent(picture=None)}, "mask.picture"),
        ({"mask": MaskIntent(picture=RED, latent_mask=b"x")}, "mask.latent_mask"),
        ({"start": StartIntent(images=(png(65, 64),))}, "start.images.0"),
    ],
)
def test_what_is_no_fit_picture_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiError) as refused:
        started(replace(Intent(start=START), **changes))
    assert (refused.value.status_code, refused.value.field) == (422, field)
