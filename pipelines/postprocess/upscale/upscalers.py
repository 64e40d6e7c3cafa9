"""Upscalers by name, their networks loaded when first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from PIL import Image

from pipelines.catalog.files import stamp
from pipelines.catalog.upscalers import UpscalerCatalog
from pipelines.catalog.upscalers import UpscalerEntry as Entry
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.contract.limits import WorkLimits, check_picture
from pipelines.contract.options import GenerationOptions
from pipelines.memory.weight_shelf import Holder, WeightShelf
from pipelines.pictures.resize import Enlarger
from pipelines.postprocess.upscale.network import TileSizes, UpscalerNet, load_network, upscale_once
from pipelines.postprocess.upscale.resample import Once, resize_once, undivided, upscale

OWNER = "upscaler"
Enlarge = Callable[[Image.Image, float], Image.Image]


class Upscalers:
    """The upscalers of one engine; keeps the network used last, on ``shelf``.

    ``limits`` bound every picture they make.
    """

    def __init__(
        self,
        catalog: UpscalerCatalog,
        device: torch.device,
        limits: WorkLimits,
        shelf: WeightShelf | None = None,
    ) -> None:
        self._catalog = catalog
        self._device = device
        self._limits = limits
        self._shelf = shelf or WeightShelf()

    def names(self) -> tuple[str, ...]:
        """Return every name, in A1111's order."""
        return tuple(entry.name for entry in self._catalog.list())

    def get(self, name: str, options: GenerationOptions) -> Enlarge:
        """Return ``(picture, scale) -> enlarged``; it raises InvalidRequest for a result beyond the limits.

        Raises InvalidRequest for an unknown name, MissingWeights if its file is not there.
        """
        in_pieces = self.in_pieces(name, options)
        return lambda picture, scale: in_one_go(in_pieces(picture, scale))

    def in_pieces(self, name: str, options: GenerationOptions) -> Enlarger:
        """Return the same as ``get``, in pieces: one for each tile."""
        entry = self._find(str(name))
        if entry is None:
            raise InvalidRequest(f"could not find upscaler named {name}", field="upscaler")
        if entry.missing:
            raise MissingWeights(entry.missing, field="upscaler")

        def enlarge(picture: Image.Image, scale: float) -> Pieces[Image.Image]:
            check_picture("upscaler", picture.width * scale, picture.height * scale, self._limits)
            holder = Holder()
            return (yield from upscale(picture, scale, self._once(entry, scale, options, holder)))

        return enlarge

    def unload(self) -> None:
        """Let the network go."""
        self._shelf.clear(OWNER)

    def _find(self, name: str) -> Entry | None:
        found = self._catalog.find(name)
        if found is None or found.missing:
            self._catalog.refresh()
            found = self._catalog.find(name)
        return found

    def _once(self, entry: Entry, scale: float, options: GenerationOptions, holder: Holder) -> Once:
        if entry.kind == "none":
            return undivided(lambda picture: picture)
        if entry.kind == "lanczos":
            return resize_once(scale, Image.Resampling.LANCZOS)
        if entry.kind == "nearest":
            return resize_once(scale, Image.Resampling.NEAREST)
        assert entry.path is not None
        network = self._network(entry.path, holder)
        return partial(upscale_once, network=network, tiling=tiling_for(entry, options), device=self._device)

    def _network(self, path: Path, holder: Holder) -> UpscalerNet:
        return self._shelf.get(
            OWNER,
            (path, stamp(path)),
            lambda: load_network(path, self._device),
            files=(path,),
            holder=holder,
            blamed="upscaler",
        )


def tiling_for(entry: Entry, o: GenerationOptions) -> TileSizes:
    """Return the options for tiles of an upscaler's kind."""
    match entry.kind:
        case "dat":
            return TileSizes(tile=o.DAT_tile, overlap=o.DAT_tile_overlap)
        case "swinir":
            return TileSizes(tile=o.SWIN_tile, overlap=o.SWIN_tile_overlap, averaged=True)
        case "scunet":
            return TileSizes(tile=o.SCUNET_tile, overlap=o.SCUNET_tile_overlap, averaged=True)
        case _:
            return TileSizes(tile=o.ESRGAN_tile, overlap=o.ESRGAN_tile_overlap)
