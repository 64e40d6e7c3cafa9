"""Texts hidden in pictures, and found again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from extensions.invokeai.drawing.watermark import found_in, hidden_in


def picture(width: int = 300, height: int = 262) -> Image.Image:
    """Soft spots of no strong colour: changes that a byte can't hold are lost."""
    spots = np.random.default_rng(0).integers(60, 200, (height, width, 3)).astype(np.uint8)
    return Image.fromarray(cv2.GaussianBlur(spots, (15, 15), 4))


@pytest.mark.parametrize("text", ["InvokeAI", "ein längerer Text"])
def test_a_text_is_found_again_and_hardly_seen(text: str) -> None:
    made = hidden_in(picture(), text)
    assert found_in(made, len(text.encode())) == text
    apart = np.abs(np.asarray(made.convert("RGB")).astype(np.int16) - np.asarray(picture()))
    assert made.mode == "RGBA" and 0 < apart.mean() < 2


def test_small_pictures_and_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="65536"):
        hidden_in(picture(64, 64), "a")
    with pytest.raises(ValueError, match="no text"):
        hidden_in(picture(), "")
    assert isinstance(found_in(picture(), 8), str)
