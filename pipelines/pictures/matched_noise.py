"""Noise with the frequencies, phases and colours of a picture, to start outpainting from.

After the method of parlance-zz's g-diffuser-bot (MIT, and Unlicense for this part).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.exposure import match_histograms

Pixels = NDArray[np.float64]
"""(height, width, 3) in 0..1."""

_ALL = (0, 1)


def fill_with_noise(
    picture: Image.Image, mask: Image.Image, *, falloff: float, color_variation: float
) -> Image.Image:
    """``matched_noise`` on an RGB picture; ``mask`` is white where the noise goes."""
    filled = matched_noise(
        np.asarray(picture, dtype=np.float64) / 255.0,
        np.asarray(mask.convert("RGB"), dtype=np.float64) / 255.0,
        falloff=falloff,
        color_variation=color_variation,
    )
    return Image.fromarray((filled * 255.0).astype(np.uint8))


def matched_noise(picture: Pixels, mask: Pixels, *, falloff: float, color_variation: float) -> Pixels:
    """The picture with the masked part (1 in ``mask``, same shape) replaced by shaped noise.

    ``falloff`` is the exponent of the spectrum: lower means more detail. ``color_variation`` in 0..1 is the
    distance from grey that the noise may have. The random numbers are the same every time.
    """
    grey_mask = mask.mean(axis=2)
    known = grey_mask < 0.5
    if known.all() or not (picture * (1.0 - mask)).any():
        return picture
    window = picture * (1.0 - mask)
    window = window / window.max() + picture.mean() * mask
    spectrum = _fft(window)
    strength = np.abs(spectrum)
    phase = np.divide(spectrum, strength, out=np.ones_like(spectrum), where=strength > 0)
    noise = _filtered_noise(picture.shape, color_variation)
    shaped = np.abs(_fft(noise)) ** 2 * strength**falloff * phase
    pixels = np.real(_ifft(shaped))
    pixels = np.clip(pixels / pixels.max(), 0.0, 1.0)
    wanted = grey_mask > 0.5
    pixels[wanted] = _with_colors(pixels[wanted], picture[known])
    return np.clip(picture * (1.0 - mask) + pixels * mask, 0.0, 1.0)


def _filtered_noise(shape: tuple[int, ...], color_variation: float) -> Pixels:
    """Uniform noise, mostly grey, with high frequencies damped."""
    noise = np.random.default_rng(0).random(shape)
    grey = noise.mean(axis=2, keepdims=True)
    noise = noise * color_variation + grey * (1.0 - color_variation)
    return np.real(_ifft(_fft(noise) * _low_pass(shape[0], shape[1])[..., None]))


def _low_pass(height: int, width: int) -> NDArray[np.float64]:
    """1 / ((x² + 1)(y² + 1)) over a plane whose shorter side spans -1..1."""
    short = min(height, width)
    y = (np.arange(height) / height * 2.0 - 1.0) * (height / short)
    x = (np.arange(width) / width * 2.0 - 1.0) * (width / short)
    return 1.0 / np.outer(y**2 + 1.0, x**2 + 1.0)


def _with_colors(pixels: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (n, 3) noise the histograms of the known pixels (m, 3)."""
    return np.asarray(match_histograms(pixels, known, channel_axis=1), dtype=np.float64)


def _fft(data: Pixels) -> NDArray[np.complex128]:
    shifted = np.fft.fft2(np.fft.fftshift(data, axes=_ALL), axes=_ALL, norm="ortho")
    return np.fft.ifftshift(shifted, axes=_ALL)


def _ifft(data: NDArray[Any]) -> NDArray[np.complex128]:
    shifted = np.fft.ifft2(np.fft.fftshift(data, axes=_ALL), axes=_ALL, norm="ortho")
    return np.fft.ifftshift(shifted, axes=_ALL)
