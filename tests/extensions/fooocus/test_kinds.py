"""The checkpoint that a job needs before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.fooocus.kinds import (
    EnhanceStep,
    EnhanceWish,
    InpaintWish,
    UpscaleWish,
    checkpoint_of,
)
from extensions.fooocus.masking import SAM, MaskWish
from tests.extensions.fooocus.drawing.test_run import base_request

FAST = UpscaleWish(image=b"", factor=2.0, fast=True)
SLOW = UpscaleWish(image=b"", factor=2.0)
STEP = EnhanceStep(mask=MaskWish(model=SAM, field="m"), inpaint=InpaintWish(image=b""), pictures=())


@pytest.mark.parametrize(
    ("upscale", "enhance", "needed"),
    [
        (None, None, True),
        (SLOW, None, True),
        (FAST, None, False),
        (FAST, EnhanceWish(image=b""), False),
        (FAST, EnhanceWish(image=b"", steps=(STEP,)), True),
    ],
)
def test_only_what_draws_needs_a_checkpoint(
    upscale: UpscaleWish | None, enhance: EnhanceWish | None, needed: bool
) -> None:
    request = base_request(Path("models"), upscale=upscale, enhance=enhance)
    assert (checkpoint_of(request) != "") is needed
