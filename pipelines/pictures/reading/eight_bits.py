"""Bring pictures of every mode to eight bits a channel: grey (L), RGB, or RGBA."""

from __future__ import annotations

from PIL import Image, ImageChops

SIXTEEN = 65535
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N")


def eight_bits(picture: Image.Image) -> Image.Image:
    """Deep pictures are scaled, transparency of any kind becomes RGBA, everything else grey or RGB.

    16 bits keep their upper eight, as Pillow and A1111 read 16-bit colour. Numbers of 32 bits come
    without a range: up to 255 they are levels, up to 65535 they are 16 bits, beyond they fill 31 bits;
    fractions up to 1 are shares of white.
    """
    if picture.mode in (*_DEEP, "I", "F"):
        return _scaled(picture)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or picture.info.get("transparency") is not None:
        return _transparent(picture)
    if picture.mode in ("L", "1"):
        return picture.convert("L")
    return picture.convert("RGB")


def _transparent(picture: Image.Image) -> Image.Image:
    if picture.mode in ("CMYK", "YCbCr", "HSV"):  # Pillow knows no transparent colour for these
        return picture.convert("RGB")
    if picture.mode == "La":
        picture = picture.convert("LA")
    key = picture.info.get("transparency")
    if picture.mode == "RGB" and isinstance(key, tuple) and max(key) > 255:  # the colour has 16 bits
        picture.info = {**picture.info, "transparency": tuple(int(level) >> 8 for level in key)}
    return picture.convert("RGBA")


def _scaled(picture: Image.Image) -> Image.Image:
    """Grey of eight bits; RGBA if one level is marked as transparent."""
    deep = _finite(picture) if picture.mode == "F" else picture.convert("F")
    factor, half = _factor(picture, deep), 0.5 if picture.mode == "F" else 0.0
    grey = deep.point(lambda v: v * factor + half).convert("L")
    clear = picture.info.get("transparency")
    if not isinstance(clear, int):
        return grey
    above = deep.point(lambda v: v * 255 - clear * 255).convert("L")
    below = deep.point(lambda v: v * -255 + clear * 255).convert("L")
    return Image.merge("RGBA", (grey, grey, grey, ImageChops.lighter(above, below)))


def _factor(picture: Image.Image, values: Image.Image) -> float:
    """Return the factor that brings the values to 0..255."""
    if picture.mode in _DEEP or picture.format == "PPM":
        return 1 / 256
    low, high = values.getextrema()
    top = float(high) if isinstance(high, float | int) else 0.0
    if picture.mode == "F" and top <= 1.0 and isinstance(low, float | int) and low >= 0.0:
        return 255.0
    if top <= 255.0:
        return 1.0
    if top <= SIXTEEN:
        return 1 / 256
    return 255.0 / top if picture.mode == "F" else 255.0 / (2**31 - 1)


def _finite(picture: Image.Image) -> Image.Image:
    """Replace infinities and what is not a number by 0."""
    import numpy as np  # here, because its start takes time that the HTTP side seldom needs to spend

    values = np.nan_to_num(np.asarray(picture, dtype=np.float32), posinf=0.0, neginf=0.0)
    return Image.fromarray(values.astype(np.float32))
