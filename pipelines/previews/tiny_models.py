"""The small networks that stand in for a VAE, found in the models folder and kept once read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from pipelines.catalog.files import stamp
from pipelines.contract.errors import MissingWeights
from pipelines.families.base import Previews
from pipelines.memory.weight_shelf import WeightShelf
from pipelines.previews.approx_nn import ApproxNN, read_approx_nn
from pipelines.previews.taesd import TaesdDecoder, TaesdEncoder, read_decoder, read_encoder

APPROX_FOLDER = "VAE-approx"
TAESD_FOLDER = "VAE-taesd"

OWNER = "small decoder"
MOST = 6
"""Two decoders, two encoders, two linear maps."""

_N = TypeVar("_N", bound=nn.Module)


class TinyModels:
    """Reads each network on its first use; keeps it on ``shelf``, in fp32, on the device last asked for."""

    def __init__(self, models: Path, shelf: WeightShelf | None = None) -> None:
        """``models`` is the folder of the model folders."""
        self._models = models
        self._shelf = shelf or WeightShelf()

    def approx_nn(self, device: torch.device, shown: Previews) -> ApproxNN:
        """Return the network from latents to a small picture. Raises MissingWeights or CorruptFile."""
        path = self._find(APPROX_FOLDER, shown.approx_nn)
        return self._kept(path, read_approx_nn, device)

    def decoder(self, device: torch.device, shown: Previews) -> TaesdDecoder:
        """TAESD's decoder. Raises MissingWeights or CorruptFile."""
        path = self._find(TAESD_FOLDER, _taesd_names("decoder", shown))
        return self._kept(path, read_decoder, device)

    def encoder(self, device: torch.device, shown: Previews) -> TaesdEncoder:
        """TAESD's encoder. Raises MissingWeights or CorruptFile."""
        path = self._find(TAESD_FOLDER, _taesd_names("encoder", shown))
        return self._kept(path, read_encoder, device)

    def unload(self) -> None:
        """Forget all of them."""
        self._shelf.clear(OWNER)

    def _find(self, folder: str, names: tuple[str, ...]) -> Path:
        for name in names:
            if (self._models / folder / name).is_file():
                return self._models / folder / name
        if not names:
            raise MissingWeights("the checkpoint's family has no such network")
        raise MissingWeights(f"{names[0]} is missing: put it into {self._models / folder}")

    def _kept(self, path: Path, read: Callable[[Path], _N], device: torch.device) -> _N:
        key = (path, stamp(path))
        network = self._shelf.get(OWNER, key, lambda: read(path), files=(path,), most=MOST)
        return network.to(device)


def _taesd_names(part: str, shown: Previews) -> tuple[str, ...]:
    stem = f"{shown.taesd}_{part}"
    return (f"{stem}.pth", f"{stem}.safetensors") if shown.taesd else ()
