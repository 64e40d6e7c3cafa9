"""Upscaling networks of every architecture that spandrel reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipelines.catalog.contents import contents_of, instead
from pipelines.contract.errors import UnsupportedModel
from pipelines.contract.failure import is_out_of_memory
from pipelines.contract.heed import Pieces
from pipelines.families.loading.read import load_pickle, read_tensors
from pipelines.pictures.tiles import process_tiled
from pipelines.postprocess.upscale.averaged import process_averaged

UNKNOWN = "its architecture is none that is known; ESRGAN, Real-ESRGAN, DAT, HAT, SwinIR and ScuNET are"
FACES = ("GFPGAN", "CodeFormer", "RestoreFormer")


class UpscalerNet(Protocol):
    """The parts of spandrel's model descriptors that are used."""

    scale: int

    def __call__(self, picture: Tensor, /) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TileSizes:
    """``averaged``: SwinIR's and ScuNET's way; else tiles are ramped. ``tile`` 0 means no tiling."""

    tile: int
    overlap: int
    averaged: bool = False


def load_network(path: Path, device: torch.device, *, wanted: str = "upscaler") -> UpscalerNet:
    """Read the file of an upscaler or of another network from picture to picture.

    Raises CorruptFile, and UnsupportedModel for a file without a ``wanted`` of a known architecture.
    """
    safetensors = path.suffix.lower() == ".safetensors"
    state: dict[Any, Any] = {**(read_tensors(path) if safetensors else load_pickle(path))}
    import spandrel
    import spandrel_extra_arches

    if not spandrel.MAIN_REGISTRY.architectures() or "CodeFormer" not in {
        str(a.architecture.id) for a in spandrel.MAIN_REGISTRY.architectures()
    }:
        spandrel_extra_arches.install(ignore_duplicates=True)
    try:
        names = spandrel.canonicalize_state_dict(state)
        descriptor: Any = spandrel.ModelLoader(device=device).load_from_state_dict(names)
    except Exception as error:  # every architecture has its own way to fail
        if is_out_of_memory(error):
            raise
        found = contents_of(_names(state))
        reason = instead(_names(state), wanted) if found and found.what != f"an {wanted}" else UNKNOWN
        raise UnsupportedModel(f"{path.name} is no {wanted} that can be run: {reason}") from error
    _check(path, descriptor, wanted)
    descriptor.eval()
    return descriptor


def _names(state: Mapping[Any, Any]) -> list[str]:
    """Return the names of a file's tensors, which upscalers keep one level down."""
    inner = [name for value in state.values() if isinstance(value, Mapping) for name in value]
    return [str(name) for name in (*state, *inner)]


def _check(path: Path, descriptor: Any, wanted: str) -> None:
    import spandrel

    kind = str(descriptor.architecture.name)
    face = descriptor.purpose == "FaceSR" or kind in FACES
    if wanted == "upscaler" and (face or not isinstance(descriptor, spandrel.ImageModelDescriptor)):
        place = ": it belongs in models/GFPGAN or models/Codeformer" if face else ""
        raise UnsupportedModel(f"{path.name} is a {kind} network, not an upscaler{place}")
    if wanted not in ("upscaler", kind):
        raise UnsupportedModel(f"{path.name} is a {kind} network, not {wanted}")
    channels = (int(descriptor.input_channels), int(descriptor.output_channels))
    if channels != (3, 3):
        text = f"{path.name} works on {channels[0]} channels; an upscaler of RGB pictures is needed"
        raise UnsupportedModel(text)


def upscale_once(
    picture: Image.Image, network: UpscalerNet, tiling: TileSizes, device: torch.device
) -> Pieces[Image.Image]:
    """Apply the network once to an RGB picture, tile by tile."""
    if tiling.averaged and tiling.tile > 0:
        tensor = _to_bgr(picture, device)
        out = yield from process_averaged(
            tensor, lambda t: _run(network, t), network.scale, tiling.tile, tiling.overlap
        )
        return _from_bgr(out)
    return (
        yield from process_tiled(
            picture.convert("RGB"),
            lambda tile: _from_bgr(_run(network, _to_bgr(tile, device))),
            tiling.tile,
            tiling.overlap,
        )
    )


@torch.inference_mode()
def _run(network: UpscalerNet, picture: Tensor) -> Tensor:
    return network(picture)


def _to_bgr(picture: Image.Image, device: torch.device) -> Tensor:
    """(1, 3, h, w) in 0..1, channels BGR as A1111 feeds them."""
    pixels = np.array(picture.convert("RGB"))[:, :, ::-1].astype(np.float64) / 255.0
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].float().to(device)


def _from_bgr(picture: Tensor) -> Image.Image:
    pixels = picture[0].float().clamp(0, 1).cpu().numpy().transpose(1, 2, 0) * 255.0
    return Image.fromarray(np.ascontiguousarray(pixels.round().astype(np.uint8)[:, :, ::-1]))
