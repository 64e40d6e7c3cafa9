"""What is loaded: checkpoints in RAM and on the device, and who must leave when another one comes."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import torch
from torch import nn

from pipelines.catalog.files import stamp
from pipelines.errors import MissingWeights
from pipelines.loading.checkpoint import load_checkpoint
from pipelines.loading.vae import load_vae_file
from pipelines.model import LoadedModel, Patcher
from pipelines.placement import Placement
from pipelines.precision import choose_device, choose_precision, prepare_device
from pipelines.settings import EngineSettings
from pipelines.vae import Codec

Stamp = tuple[int, int] | None
RAM_SHARE = 0.5
"""Largest part of the machine's memory that checkpoints waiting in RAM may take."""


@dataclass(slots=True, kw_only=True)
class _Resident:
    """A checkpoint in RAM with the VAEs tried on it; ``own`` is the one inside the file."""

    model: LoadedModel
    stamp: Stamp
    own: Codec
    codecs: dict[Path, tuple[Stamp, Codec]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUse:
    """Bytes: of all weights in RAM, free and total on the device (0 on a CPU)."""

    weights: int
    device_free: int = 0
    device_total: int = 0


class Residency:
    """Owns the loaded checkpoints of one engine. Not thread-safe: the engine's thread drives it.

    The last one asked for is on the device; up to ``limit`` stay in RAM, the least recently used leaves
    first. ``hash_of`` tells a file's SHA-256 where it is known.
    """

    def __init__(
        self,
        settings: EngineSettings,
        *,
        patcher: Patcher | None = None,
        hash_of: Callable[[Path], str | None] = lambda path: None,
        limit: int = 1,
        budget_bytes: int | None = None,
    ) -> None:
        self.settings = settings
        self.device = choose_device(settings)
        self.precision = choose_precision(settings, self.device)
        prepare_device(self.device)
        self.limit = max(1, limit)
        self.budget_bytes = budget_bytes or int(psutil.virtual_memory().total * RAM_SHARE)
        self._patcher = patcher
        self._hash_of = hash_of
        self._residents: OrderedDict[Path, _Resident] = OrderedDict()

    @property
    def current(self) -> LoadedModel | None:
        """The checkpoint used last."""
        return next(reversed(self._residents.values())).model if self._residents else None

    @property
    def loaded(self) -> tuple[Path, ...]:
        """Checkpoints in RAM, the least recently used first."""
        return tuple(self._residents)

    def checkpoint(
        self,
        path: Path,
        *,
        vae: Path | None = None,
        name: str | None = None,
        keep: frozenset[Path] = frozenset(),
    ) -> LoadedModel:
        """The checkpoint with that VAE (None: its own), read if it is not in RAM or has changed on disk.

        ``keep`` are checkpoints of running jobs: they don't leave RAM. Raises CorruptFile, UnsupportedModel,
        MissingWeights or OutOfMemory; what was loaded before stays usable.
        """
        path = path.absolute()
        resident = self._residents.get(path)
        if resident is not None and resident.stamp != stamp(path):
            self.forget(path)
            resident = None
        resident = resident or self._read(path, name, keep)
        self._residents[path] = resident
        self._residents.move_to_end(path)
        self._clear_device(path)
        self._use_vae(resident, vae)
        resident.model.sha256 = self._hash_of(path)
        return resident.model

    def forget(self, path: Path) -> None:
        """Let a checkpoint go, from device and RAM."""
        resident = self._residents.pop(path.absolute(), None)
        if resident is not None:
            resident.model.offload()
            del resident
            self._collect()

    def unload(self) -> None:
        """Let every checkpoint go."""
        for path in tuple(self._residents):
            self.forget(path)

    def offload(self) -> None:
        """Free the device; checkpoints stay in RAM."""
        for resident in self._residents.values():
            resident.model.offload()
        self._collect()

    def memory(self) -> MemoryUse:
        """What is used now."""
        weights = sum(resident.model.bytes() for resident in self._residents.values())
        if self.device.type != "cuda":
            return MemoryUse(weights=weights)
        free, total = torch.cuda.mem_get_info(self.device)
        return MemoryUse(weights=weights, device_free=free, device_total=total)

    def _read(self, path: Path, name: str | None, keep: frozenset[Path]) -> _Resident:
        # Room is made first: reading may need as much memory as the file is long.
        self._make_room(_file_size(path), keep)
        model = load_checkpoint(
            path,
            precision=self.precision,
            device=self.device,
            name=name,
            fallback_config=self.settings.fallback_config,
        )
        model.patcher = self._patcher
        model.placement = Placement(one_at_a_time=self._small_memory(model))
        model.codec.nan_check = self.settings.nan_check
        if self.settings.channels_last:
            nn.Module.to(model.unet, memory_format=torch.channels_last)
        if self.settings.compile_unet:
            model.unet.compile()
        return _Resident(model=model, stamp=stamp(path), own=model.codec, codecs={})

    def _small_memory(self, model: LoadedModel) -> bool:
        if self.settings.memory_mode in ("medvram", "lowvram"):
            return True
        return self.settings.medvram_sdxl and model.family.name.startswith("sdxl")

    def _make_room(self, coming: int, keep: frozenset[Path]) -> None:
        kept = {path.absolute() for path in keep}
        for path in [path for path in self._residents if path not in kept]:
            weights = sum(resident.model.bytes() for resident in self._residents.values())
            if len(self._residents) < self.limit and weights + coming <= self.budget_bytes:
                return
            self.forget(path)

    def _clear_device(self, path: Path) -> None:
        for other, resident in self._residents.items():
            if other != path and resident.model.placement.resident:
                resident.model.offload()

    def _use_vae(self, resident: _Resident, path: Path | None) -> None:
        model = resident.model
        if path is None:
            self._swap(model, resident.own, None)
            return
        path = path.absolute()
        known = resident.codecs.get(path)
        if known is None or known[0] != stamp(path):
            module = load_vae_file(path, dtype=self.precision.vae)
            known = stamp(path), replace(resident.own, module=module, warnings=[])
            resident.codecs = {path: known}
        self._swap(model, known[1], path)

    def _swap(self, model: LoadedModel, codec: Codec, path: Path | None) -> None:
        if codec is not model.codec:
            model.offload()
            model.codec = codec
        model.vae_path = path

    def _collect(self) -> None:
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def _file_size(path: Path) -> int:
    now = stamp(path)
    if now is None:
        raise MissingWeights(f"{path.name} is not in {path.parent}")
    return now[1]
