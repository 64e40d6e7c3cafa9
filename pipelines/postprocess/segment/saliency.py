"""Masks of what stands out, or of clothes, by ONNX networks of the U2-Net and IS-Net kind; on the CPU.

Qin et al. 2020, arXiv:2005.09007; Qin et al. 2022, arXiv:2203.03041. Files, sizes and the reading of their
answers are those of rembg (MIT).
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.catalog.mask_models import CLOTH_CLASSES, CLOTHES, SALIENCY_MODELS
from pipelines.families.loading.onnx_net import read_onnx

FloatArray: TypeAlias = NDArray[np.float32]


class Saliency:
    """A network of a file. Raises CorruptFile that blames ``field``."""

    def __init__(self, path: Path, model: str, *, field: str) -> None:
        self._model, self._clothes = SALIENCY_MODELS[model], model == CLOTHES
        self._net = read_onnx(path, field)

    def mask(self, picture: Image.Image, *, cloth: str = "full") -> Image.Image:
        """Make a mask, at the picture's size, bright where something stands out or that clothing is."""
        answer = self._answer(self._seen(picture.convert("RGB")))
        if self._clothes:
            found = _class_mask(answer, CLOTH_CLASSES[cloth])
        else:
            found = _stretched(answer[0])
        return Image.fromarray(found).resize(picture.size, Image.Resampling.LANCZOS)

    def _seen(self, picture: Image.Image) -> FloatArray:
        """(1, 3, side, side): the brightest value is 1 before the mean is taken off."""
        side = self._model.side
        pixels = np.asarray(picture.resize((side, side), Image.Resampling.LANCZOS), dtype=np.float32)
        shares = pixels / max(float(pixels.max()), 1e-6)
        values = (shares - np.array(self._model.mean, np.float32)) / np.array(self._model.spread, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=np.float32)

    def _answer(self, values: FloatArray) -> FloatArray:
        """(channels, h, w) of the first output. Raises CorruptFile."""
        made = self._net(values)[0]
        if made.ndim != 4 or (self._clothes and made.shape[1] <= max(CLOTH_CLASSES.values())):
            raise self._net.wrong()
        return made[0]


def _stretched(values: FloatArray) -> NDArray[np.uint8]:
    """Stretch the values to 0..255; all are 0 where they are equal."""
    least, greatest = float(values.min()), float(values.max())
    shares = (values - least) / max(greatest - least, 1e-6)
    return (shares.clip(0, 1) * 255).astype(np.uint8)


def _class_mask(values: FloatArray, wanted: int) -> NDArray[np.uint8]:
    return np.where(values.argmax(axis=0) == wanted, 255, 0).astype(np.uint8)
