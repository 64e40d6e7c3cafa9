"""The loaded checkpoints, in RAM and on the device, and their order of leaving when another comes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from pipelines.catalog.files import stamp
from pipelines.contract.errors import MissingWeights, OverBudget
from pipelines.contract.settings import EngineSettings
from pipelines.families.base import Family
from pipelines.families.files import no_vae
from pipelines.families.graphs import Graphs
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.vae import load_vae_file
from pipelines.families.model import LoadedModel, ModelPatcher
from pipelines.families.placement import Placement
from pipelines.families.precision import (
    Precision,
    choose_device,
    choose_precision,
    lay_out,
    precision_of,
    prepare_device,
)
from pipelines.families.registry import BUILT_IN
from pipelines.families.vae import Codec
from pipelines.families.weight_bytes import ItemBytes, weight_bytes
from pipelines.memory.budget import MIB, Budget
from pipelines.memory.heap import return_memory

Stamp = tuple[int, int] | None
CHECKPOINT_FIELD = "checkpoint"
ROOM_TO_WORK = 0.25
"""Part of a VRAM budget that a whole model must leave free; otherwise its parts take turns."""


@dataclass(slots=True, kw_only=True)
class _Resident:
    """A checkpoint in RAM with the VAEs tried on it; ``own`` is the one inside the file, if there is one.

    ``used`` is the budget's tick of its last use.
    """

    model: LoadedModel
    stamp: tuple[Stamp, Stamp]
    own: Codec | None
    codecs: dict[Path, tuple[Stamp, Codec]]
    used: int = 0

    def bytes(self) -> int:
        """Everything that leaves with it: weights, originals of patched ones, VAEs that are not in use."""
        codecs = (self.own, *(codec for _, codec in self.codecs.values()))
        idle = (codec.module for codec in codecs if codec is not None and codec is not self.model.codec)
        patched = 0 if self.model.patch_state is None else self.model.patch_state.bytes
        return self.model.bytes() + patched + sum(p.nbytes for module in idle for p in module.parameters())


class Residency:
    """Owns the loaded checkpoints of one engine. Not thread-safe: the engine's thread drives it.

    The last one asked for is on the device; up to ``limit`` stay in RAM, the least recently used leaves
    first, also where ``budget`` needs room. ``hash_of`` returns a file's SHA-256, which ``begin_hash``
    begins to compute while the weights are read.
    """

    def __init__(
        self,
        settings: EngineSettings,
        *,
        patcher: ModelPatcher | None = None,
        hash_of: Callable[[Path], str | None] = lambda path: None,
        begin_hash: Callable[[Path], None] = lambda path: None,
        limit: int = 1,
        budget: Budget | None = None,
        families: Sequence[Family] = BUILT_IN,
    ) -> None:
        self.settings = settings
        self.families = families
        self.device = choose_device(settings)
        self.precision = choose_precision(settings, self.device)
        prepare_device(self.device, settings.vram_budget)
        self.limit = max(1, limit)
        self.budget = budget or Budget()
        self.budget.join(self)
        self._patcher = patcher
        self._hash_of = hash_of
        self._begin_hash = begin_hash
        self._residents: OrderedDict[Path, _Resident] = OrderedDict()
        self._kept: frozenset[Path] | None = None
        self._used: set[Path] = set()

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
        """Return the checkpoint with that VAE (None: its own), read unless it is in RAM as it is on disk.

        ``keep`` are checkpoints of running jobs: they don't leave RAM. Raises CorruptFile, UnsupportedModel,
        MissingWeights, OverBudget or OutOfMemory; what was loaded before stays usable.
        """
        path = path.absolute()
        resident = self._residents.get(path)
        if resident is not None and resident.stamp != _stamps(path):
            self.forget(path)
            resident = None
        resident = resident or self._read(path, name, keep, vae)
        self._residents[path] = resident
        self._residents.move_to_end(path)
        resident.used = self.budget.tick()
        self._used.add(path)
        self._clear_device(path)
        self._use_vae(resident, vae)
        resident.model.sha256 = self._hash_of(path)
        return resident.model

    def take_used(self) -> set[Path]:
        """Return the checkpoints that were asked for since the last call."""
        used, self._used = self._used, set()
        return used

    @property
    def bytes(self) -> int:
        """RAM that all of them take."""
        return sum(resident.bytes() for resident in self._residents.values())

    def oldest(self) -> int | None:
        """Return the tick of the last use of the checkpoint that may leave first, never the current one."""
        path = self._first_to_leave()
        return None if path is None else self._residents[path].used

    def drop_oldest(self) -> None:
        """Let go of the checkpoint that may leave first."""
        path = self._first_to_leave()
        if path is not None:
            self.forget(path)

    def _first_to_leave(self) -> Path | None:
        kept = frozenset(list(self._residents)[-1:]) if self._kept is None else self._kept
        return next((path for path in self._residents if path not in kept), None)

    def forget(self, *paths: Path) -> None:
        """Let checkpoints go, from device and RAM, and give their memory back to the system."""
        self._drop(paths)
        self._collect()

    def close(self) -> None:
        """Let every checkpoint go for good: their memory goes back with the process."""
        self._drop(tuple(self._residents))

    def _drop(self, paths: Iterable[Path]) -> None:
        for path in paths:
            resident = self._residents.pop(path.absolute(), None)
            if resident is not None:
                resident.model.offload()

    def unload(self) -> None:
        """Let every checkpoint go."""
        self.forget(*self._residents)

    def offload(self) -> None:
        """Free the device; checkpoints stay in RAM."""
        for resident in self._residents.values():
            resident.model.offload()
        self._collect()

    def _read(self, path: Path, name: str | None, keep: frozenset[Path], vae: Path | None) -> _Resident:
        if stamp(path) is None:
            raise MissingWeights(f"{path.name} is not in {path.parent}")
        precision = precision_of(_count(path, self.families), self.precision, self.settings, self.device)
        # Room is made first: reading may need as much memory as the file is long.
        with self._keeping(keep):
            self._make_room(_size_of(path, precision, self.families), path.name)
        self._begin_hash(path)
        model = load_checkpoint(
            path,
            precision=precision,
            device=self.device,
            name=name,
            fallback_config=self.settings.fallback_config,
            families=self.families,
            models=self.settings.folders.models,
            vae=vae,
        )
        model.patcher = self._patcher
        self._check_device(model)
        model.placement = Placement(one_at_a_time=self._small_memory(model))
        model.codec.nan_check = self.settings.nan_check
        lay_out(model.backbone, self.device, anyway=self.settings.channels_last)
        lay_out(model.codec.module, self.device)
        if self.settings.compile_unet:
            model.backbone.compile()
        elif self.settings.cuda_graphs and self.device.type == "cuda" and not model.placement.takes_turns:
            model.graphs = Graphs(self.device, budget=self.settings.vram_budget)
        resident = _Resident(model=model, stamp=_stamps(path), own=model.codec, codecs={})
        if model.vae_path is not None:
            file = model.vae_path.absolute()
            resident.own, resident.codecs = None, {file: (stamp(file), model.codec)}
        return resident

    def _small_memory(self, model: LoadedModel) -> bool:
        if self.settings.memory_mode in ("medvram", "lowvram"):
            return True
        budget = self.settings.vram_budget
        if budget is not None and model.bytes() > budget * (1 - ROOM_TO_WORK):
            return True
        return self.settings.medvram_sdxl and model.family.large

    def _check_device(self, model: LoadedModel) -> None:
        """Refuse a model whose largest part can't be on the device at all."""
        budget = self.settings.vram_budget
        if budget is None or self.device.type == "cpu":
            return
        largest = max(
            sum(p.nbytes for module in model.modules_of(part) for p in module.parameters())
            for part in model.parts
        )
        if largest > budget:
            text = f"{model.name}: its largest part takes {largest // MIB} MiB"
            raise OverBudget(f"{text}; the VRAM budget is {budget // MIB} MiB", field=CHECKPOINT_FIELD)

    @contextmanager
    def _keeping(self, keep: frozenset[Path]) -> Generator[None]:
        """While entered, everything but ``keep`` may leave."""
        self._kept = frozenset(path.absolute() for path in keep)
        try:
            yield
        finally:
            self._kept = None

    def _make_room(self, coming: int, name: str) -> None:
        while len(self._residents) >= self.limit and (path := self._first_to_leave()) is not None:
            self.forget(path)
        self.budget.require(coming, name, field=CHECKPOINT_FIELD)

    def _clear_device(self, path: Path) -> None:
        for other, resident in self._residents.items():
            if other != path and resident.model.placement.resident:
                resident.model.offload()

    def _use_vae(self, resident: _Resident, path: Path | None) -> None:
        model = resident.model
        if path is None:
            if resident.own is None:
                raise no_vae(model.path.name)
            self._swap(model, resident.own, None)
            return
        path = path.absolute()
        known = resident.codecs.get(path)
        if known is None or known[0] != stamp(path):
            resident.codecs.clear()
            needed = path.stat().st_size if path.is_file() else 0
            self.budget.require(needed, path.name, field="options.sd_vae")
            module = load_vae_file(path, dtype=model.precision.vae, channels=model.latents.channels)
            lay_out(module, self.device)
            known = stamp(path), replace(resident.own or model.codec, module=module, warnings=[])
            resident.codecs = {path: known}
        self._swap(model, known[1], path)

    def _swap(self, model: LoadedModel, codec: Codec, path: Path | None) -> None:
        if codec is not model.codec:
            model.offload()
            model.codec = codec
        model.vae_path = path

    def _collect(self) -> None:
        return_memory()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def _size_of(path: Path, precision: Precision, families: Sequence[Family]) -> int:
    rest = max(precision.text.itemsize, precision.vae.itemsize)
    return weight_bytes(path, ItemBytes(backbone=precision.unet.itemsize, rest=rest), families)


def _count(path: Path, families: Sequence[Family]) -> int:
    """Count weights; of another format than safetensors, take the file's bytes, which is near enough."""
    return weight_bytes(path, ItemBytes(backbone=1, rest=1), families)


def _stamps(path: Path) -> tuple[Stamp, Stamp]:
    """Return the stamps of a checkpoint and of the yaml next to it, by which the file may be read."""
    return stamp(path), stamp(path.with_suffix(".yaml"))
