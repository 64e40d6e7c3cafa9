"""Bring pictures with a colour profile of their own to sRGB, the space that all models work in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

_SPACES = {"RGB": b"RGB ", "CMYK": b"CMYK"}
"""Modes whose profiles count, and the space in bytes 16 to 20 of these. Grey values are taken as they are."""
_SAME = 2
"""Levels by which a profile may move colours and still be called sRGB: many programs write their own."""


def to_srgb(picture: Image.Image) -> Image.Image:
    """The picture in sRGB: RGB, RGBA or CMYK as the profile in ``info`` says, LAB by its definition.

    A profile that is damaged, or belongs to another kind of picture, is ignored, and one that hardly
    differs from sRGB leaves the pixels as they are.
    """
    if picture.mode == "LAB":
        return _lab_to_srgb(picture)
    if picture.mode == "RGBA":
        opaque = Image.merge("RGB", picture.split()[:3])
        opaque.info = picture.info
        changed = to_srgb(opaque)
        return (
            picture if changed is opaque else Image.merge("RGBA", (*changed.split(), picture.getchannel("A")))
        )
    profile = picture.info.get("icc_profile")
    if picture.mode not in _SPACES or not isinstance(profile, bytes) or not profile:
        return picture
    transform = _transform(profile, picture.mode)
    if transform is None:
        return picture
    changed = transform.apply(picture)
    changed.info = {key: value for key, value in picture.info.items() if key != "icc_profile"}
    return changed


def _transform(profile: bytes, mode: str) -> ImageCmsTransform | None:
    """Make the transform from a profile to sRGB; None if colours stay, or the profile can't be used."""
    from PIL import ImageCms  # here, because few pictures need it

    if profile[16:20] != _SPACES[mode]:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, mode, "RGB")
        return None if mode == "RGB" and _keeps_colours(transform) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _keeps_colours(transform: ImageCmsTransform) -> bool:
    """True if no colour of a cube moves by more than ``_SAME`` levels."""
    steps = range(0, 256, 15)
    cube = Image.new("RGB", (len(steps) ** 2, len(steps)))
    cube.putdata([(r, g, b) for r in steps for g in steps for b in steps])
    moved = ImageChops.difference(cube, transform.apply(cube))
    counts = moved.histogram()
    return not any(counts[256 * band + level] for band in range(3) for level in range(_SAME + 1, 256))


def _lab_to_srgb(picture: Image.Image) -> Image.Image:
    from PIL import ImageCms

    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    changed = transform.apply(picture)
    changed.info = dict(picture.info)
    return changed
