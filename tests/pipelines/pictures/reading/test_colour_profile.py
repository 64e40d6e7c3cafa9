"""Pictures with a colour profile come to sRGB, and those that are sRGB stay as they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipelines.pictures.decode import decode_picture
from pipelines.pictures.reading.colour_profile import to_srgb
from tests.pipelines.pictures.files import encoded, scene

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped() -> bytes:
    """sRGB with the primaries of red and blue exchanged, so that colours visibly move."""
    red, blue = SRGB.index(b"rXYZ"), SRGB.index(b"bXYZ")
    profile = bytearray(SRGB)
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_foreign_profile_is_applied(kind: str) -> None:
    more = {"quality": 100} if kind in ("JPEG", "AVIF") else {"lossless": True} if kind == "WEBP" else {}
    data = encoded(Image.new("RGB", (16, 16), (250, 20, 30)), kind, icc_profile=swapped(), **more)
    image = decode_picture(data, field="x")
    colour = image.getpixel((8, 8))
    assert isinstance(colour, tuple)
    assert (colour[0] < 60, colour[2] > 220) == (True, True), "red and blue change places"
    assert "icc_profile" not in image.info


def test_alpha_is_kept() -> None:
    data = encoded(Image.new("RGBA", (4, 4), (250, 20, 30, 77)), icc_profile=swapped())
    colour = decode_picture(data, field="x").getpixel((0, 0))
    assert isinstance(colour, tuple)
    assert (colour[2] > 220, colour[3]) == (True, 77)


def test_srgb_stays_bit_for_bit() -> None:
    for image in (scene(), scene().convert("RGBA")):
        read = decode_picture(encoded(image, icc_profile=SRGB), field="x")
        assert read.tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "profile", [b"garbage", b"", SRGB[:200], SRGB[:16] + b"CMYK" + SRGB[20:], SRGB[:128] + bytes(400)]
)
def test_profiles_that_cannot_be_used_are_ignored(profile: bytes) -> None:
    read = decode_picture(encoded(scene(), icc_profile=profile), field="x")
    assert read.tobytes() == scene().tobytes()


def test_grey_is_taken_as_it_is() -> None:
    grey = scene().convert("L")
    assert decode_picture(encoded(grey, icc_profile=SRGB), field="x").tobytes() == grey.tobytes()


def test_lab() -> None:
    lab = ImageCms.profileToProfile(
        scene(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    moved = np.abs(np.asarray(to_srgb(lab)).astype(int) - np.asarray(scene()))
    assert moved.mean() < 2
