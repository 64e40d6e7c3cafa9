"""Text hidden in pixels is found, whatever its variant, and damage to it is no error."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from PIL import Image

from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.opening import open_picture
from pipelines.pictures.reading.stealth import MAX_TEXT_BYTES, hidden_items, hidden_text
from tests.pipelines.pictures.files import encoded

TEXT = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12, Size: 64x64"
COMMENT = {"prompt": "cat", "steps": 28, "sampler": "k_euler_ancestral", "scale": 5.0, "seed": 5, "uc": "bad"}
NOVELAI = {"Description": "cat", "Software": "NovelAI", "Source": "XYZ", "Comment": json.dumps(COMMENT)}


def hide(
    payload: bytes,
    name: str,
    *,
    size: tuple[int, int] = (64, 48),
    mode: str = "RGBA",
    length: int | None = None,
) -> Image.Image:
    """A noisy picture with a payload in its lowest bits, column by column, written bit by bit."""
    bits = (8 * len(payload) if length is None else length).to_bytes(4, "big")
    stream = [byte >> shift & 1 for byte in name.encode() + bits + payload for shift in range(7, -1, -1)]
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], len(mode)), np.uint8)
    used = range(3) if "rgb" in name else (len(mode) - 1,)
    places = [(y, x, c) for x in range(size[0]) for y in range(size[1]) for c in used]
    for place, bit in zip(places, stream, strict=False):
        pixels[place] = pixels[place] & 0xFE | bit
    return Image.fromarray(pixels if len(mode) > 1 else pixels[:, :, 0], mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("name", ["stealth_pnginfo", "stealth_pngcomp"])
def test_text_in_alpha(name: str, mode: str) -> None:
    payload = gzip.compress(TEXT.encode()) if name.endswith("comp") else TEXT.encode()
    data = encoded(hide(payload, name, mode=mode))
    assert hidden_text(open_picture(data)) == TEXT
    assert read_metadata(open_picture(data)) == (TEXT, {})


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("name", ["stealth_rgbinfo", "stealth_rgbcomp"])
def test_text_in_colours(name: str, mode: str) -> None:
    payload = gzip.compress(TEXT.encode()) if name.endswith("comp") else TEXT.encode()
    assert read_metadata(open_picture(encoded(hide(payload, name, mode=mode)))) == (TEXT, {})


def test_webp_without_loss_keeps_it() -> None:
    data = encoded(hide(TEXT.encode(), "stealth_rgbinfo", mode="RGB"), "WEBP", lossless=True, exact=True)
    assert read_metadata(open_picture(data))[0] == TEXT


def test_novelai() -> None:
    image = hide(gzip.compress(json.dumps(NOVELAI).encode()), "stealth_pngcomp", size=(64, 96))
    infotext, items = read_metadata(image)
    assert items == NOVELAI
    assert infotext == (
        "cat\nNegative prompt: bad\nSteps: 28, Sampler: Euler a, CFG scale: 5.0, Seed: 5, Size: 64x96, "
        "Clip skip: 2, ENSD: 31337"
    )


def test_nested_values_are_told_as_json() -> None:
    hidden = json.dumps({**NOVELAI, "Comment": COMMENT})
    assert hidden_items(hide(hidden.encode(), "stealth_pnginfo"))["Comment"] == json.dumps(COMMENT)
    for text in ("[1]", "3", "[" * 5000):
        assert hidden_items(hide(text.encode(), "stealth_pnginfo", size=(256, 256))) == {"parameters": text}


def test_texts_of_the_file_win() -> None:
    image = hide(TEXT.encode(), "stealth_pnginfo")
    image.info["parameters"] = "a dog"
    assert read_metadata(image)[0] == "a dog"


@pytest.mark.parametrize(
    "image",
    [
        hide(b"short", "stealth_pnginfo", length=2**32 - 1),
        hide(b"no gzip", "stealth_pngcomp"),
        hide(gzip.compress(TEXT.encode())[:20], "stealth_pngcomp"),
        hide(b"", "stealth_pnginfo", size=(3, 3)),
        hide(b"\xff\xfe\xfd", "stealth_pnginfo"),
        Image.new("RGBA", (1, 1)),
        Image.new("L", (64, 64)),
        Image.new("P", (64, 64)),
    ],
)
def test_damage_is_no_error(image: Image.Image) -> None:
    read_metadata(image)
    assert len(hidden_text(image)) <= 64 * 48 // 8


def test_unpacking_is_bounded() -> None:
    image = hide(gzip.compress(b"a" * (MAX_TEXT_BYTES + 10**6)), "stealth_pngcomp", size=(256, 256))
    assert len(hidden_text(image)) == MAX_TEXT_BYTES
