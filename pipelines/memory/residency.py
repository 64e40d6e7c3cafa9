"""The loaded checkpoints, in RAM and on the device, and their order of leaving when another comes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from pipelines.catalog.files import stamp
from pipelines.contract.errors import MissingWeights
from pipelines.contract.settings import EngineSettings
from pipelines.families.base import Family
from pipelines.families.model import LoadedModel, ModelPatcher
from pipelines.families.precision import Precision, choose_device, prepare_device
from pipelines.families.registry import BUILT_IN
from pipelines.memory.budget import Budget
from pipelines.memory.checkpoint_reader import CHECKPOINT_FIELD, CheckpointReader
from pipelines.memory.heap import return_memory
from pipelines.memory.resident import Resident, stamps_of


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
        self.families = families
        self.device = choose_device(settings)
        self.reader = CheckpointReader(settings, self.device, families=families, patcher=patcher)
        prepare_device(self.device, settings.vram_budget)
        self.limit = max(1, limit)
        self.budget = budget or Budget()
        self.budget.join(self)
        self._hash_of = hash_of
        self._begin_hash = begin_hash
        self._residents: OrderedDict[Path, Resident] = OrderedDict()
        self._kept: frozenset[Path] | None = None
        self._used: set[Path] = set()

    @property
    def precision(self) -> Precision:
        """The dtypes that checkpoints are loaded in."""
        return self.reader.precision

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
        if resident is not None and resident.stamps != stamps_of(path):
            self.forget(path)
            resident = None
        resident = resident or self._read(path, name, keep, vae)
        self._residents[path] = resident
        self._residents.move_to_end(path)
        resident.used = self.budget.tick()
        self._used.add(path)
        self._clear_device(path)
        resident.use_vae(vae, self.budget, self.device)
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

    def _read(self, path: Path, name: str | None, keep: frozenset[Path], vae: Path | None) -> Resident:
        if stamp(path) is None:
            raise MissingWeights(f"{path.name} is not in {path.parent}")
        precision = self.reader.precision_of(path)
        # Room is made first: reading may need as much memory as the file is long.
        with self._keeping(keep):
            self._make_room(self.reader.bytes_of(path, precision), path.name)
        self._begin_hash(path)
        model = self.reader.read(path, precision, name=name, vae=vae)
        resident = Resident(model=model, stamps=stamps_of(path), own=model.codec, codecs={})
        if model.vae_path is not None:
            file = model.vae_path.absolute()
            resident.own, resident.codecs = None, {file: (stamp(file), model.codec)}
        return resident

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

    def _collect(self) -> None:
        return_memory()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
