"""Upscalers by name, their networks loaded when first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from PIL import Image

from pipelines.catalog.files import stamp
from pipelines.catalog.upscalers import UpscalerCatalog
from pipelines.catalog.upscalers import UpscalerEntry as Entry
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.postprocess.upscale.network import Tiling, UpscalerNet, load_network, upscale_once
from pipelines.postprocess.upscale.resample import resize_once, upscale
from pipelines.weight_shelf import WeightShelf

OWNER = "upscaler"
Enlarge = Callable[[Image.Image, float], Image.Image]
FOLDERS = {
    "esrgan": "ESRGAN",
    "realesrgan": "RealESRGAN",
    "dat": "DAT",
    "hat": "HAT",
    "swinir": "SwinIR",
    "scunet": "ScuNET",
}


class Upscalers:
    """The upscalers of one engine; keeps the network used last, on ``shelf``."""

    def __init__(
        self, catalog: UpscalerCatalog, device: torch.device, shelf: WeightShelf | None = None
    ) -> None:
        self._catalog = catalog
        self._device = device
        self._shelf = shelf or WeightShelf()

    def has(self, name: str) -> bool:
        """Whether there is an upscaler of that name."""
        return self._find(name) is not None

    def names(self) -> tuple[str, ...]:
        """Every name, in A1111's order."""
        return tuple(entry.name for entry in self._catalog.list())

    def get(self, name: str, options: GenerationOptions) -> Enlarge:
        """``(image, scale) -> enlarged image``.

        Raises InvalidRequest for an unknown or unsupported name, MissingWeights if its file is not there.
        """
        entry = self._find(str(name))
        if entry is None:
            raise InvalidRequest(f"could not find upscaler named {name}", field="upscaler")
        return lambda image, scale: upscale(image, scale, self._once(entry, scale, options))

    def unload(self) -> None:
        """Let the network go."""
        self._shelf.clear(OWNER)

    def _find(self, name: str) -> Entry | None:
        found = self._catalog.find(name)
        if found is None:
            self._catalog.refresh()
            found = self._catalog.find(name)
        return found

    def _once(
        self, entry: Entry, scale: float, options: GenerationOptions
    ) -> Callable[[Image.Image], Image.Image]:
        if entry.kind == "none":
            return lambda image: image
        if entry.kind == "lanczos":
            return resize_once(scale, Image.Resampling.LANCZOS)
        if entry.kind == "nearest":
            return resize_once(scale, Image.Resampling.NEAREST)
        if entry.kind == "ldsr":
            raise InvalidRequest("the upscaler LDSR is not supported", field="upscaler")
        network = self._network(entry)
        return partial(upscale_once, network=network, tiling=tiling_for(entry, options), device=self._device)

    def _network(self, entry: Entry) -> UpscalerNet:
        if entry.path is None:
            file = (entry.address or entry.name).rpartition("/")[2]
            raise MissingWeights(
                f"upscaler {entry.name} needs {file} in models/{FOLDERS.get(entry.kind, 'ESRGAN')}",
                field="upscaler",
            )
        path = entry.path
        return self._shelf.get(
            OWNER,
            (path, stamp(path)),
            lambda: load_network(path, self._device),
            files=(path,),
            blamed="upscaler",
        )


def tiling_for(entry: Entry, o: GenerationOptions) -> Tiling:
    """Tile options of an upscaler's kind."""
    match entry.kind:
        case "dat":
            return Tiling(tile=o.DAT_tile, overlap=o.DAT_tile_overlap)
        case "swinir":
            return Tiling(tile=o.SWIN_tile, overlap=o.SWIN_tile_overlap, averaged=True)
        case "scunet":
            return Tiling(tile=o.SCUNET_tile, overlap=o.SCUNET_tile_overlap, averaged=True)
        case _:
            return Tiling(tile=o.ESRGAN_tile, overlap=o.ESRGAN_tile_overlap)
