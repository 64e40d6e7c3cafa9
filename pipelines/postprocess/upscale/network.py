"""Upscaling networks of every architecture that spandrel reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.pictures.tiles import process_tiled
from pipelines.postprocess.upscale.averaged import process_averaged


class UpscalerNet(Protocol):
    """What is used of a loaded model descriptor."""

    scale: int

    def __call__(self, image: Tensor, /) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """``averaged``: SwinIR's and ScuNET's way; else tiles are ramped. ``tile`` 0 means no tiling."""

    tile: int
    overlap: int
    averaged: bool = False


def load_network(path: Path, device: torch.device) -> UpscalerNet:
    """Read an upscaler file. Raises CorruptFile for what no known architecture fits."""
    import spandrel
    import spandrel_extra_arches

    if not spandrel.MAIN_REGISTRY.architectures() or "CodeFormer" not in {
        str(a.architecture.id) for a in spandrel.MAIN_REGISTRY.architectures()
    }:
        spandrel_extra_arches.install(ignore_duplicates=True)
    try:
        descriptor: Any = spandrel.ModelLoader(device=device).load_from_file(path)
    except Exception as error:
        raise CorruptFile(f"{path.name} is not an upscaler that can be read: {error}") from error
    if not isinstance(descriptor, spandrel.ImageModelDescriptor):
        raise CorruptFile(f"{path.name} is a {type(descriptor).__name__}, not an upscaler")
    descriptor.eval()
    return descriptor


def upscale_once(
    image: Image.Image, network: UpscalerNet, tiling: Tiling, device: torch.device
) -> Image.Image:
    """One application of the network to an RGB picture."""
    if tiling.averaged and tiling.tile > 0:
        tensor = _to_bgr(image, device)
        out = process_averaged(tensor, lambda t: _run(network, t), network.scale, tiling.tile, tiling.overlap)
        return _from_bgr(out)
    return process_tiled(
        image.convert("RGB"),
        lambda tile: _from_bgr(_run(network, _to_bgr(tile, device))),
        tiling.tile,
        tiling.overlap,
    )


@torch.inference_mode()
def _run(network: UpscalerNet, image: Tensor) -> Tensor:
    return network(image)


def _to_bgr(image: Image.Image, device: torch.device) -> Tensor:
    """(1, 3, h, w) in 0..1, channels BGR as A1111 feeds them."""
    pixels = np.array(image.convert("RGB"))[:, :, ::-1].astype(np.float64) / 255.0
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].float().to(device)


def _from_bgr(image: Tensor) -> Image.Image:
    pixels = image[0].float().clamp(0, 1).cpu().numpy().transpose(1, 2, 0) * 255.0
    return Image.fromarray(np.ascontiguousarray(pixels.round().astype(np.uint8)[:, :, ::-1]))
