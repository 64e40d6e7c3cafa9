"""Tensors and conditioning between nodes: files with a small cache, read without running code."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import torch

from extensions.invokeai.store.errors import ObjectNotFoundError
from pipelines.plugin import OverBudget

if TYPE_CHECKING:
    from pipelines.plugin import WeightShelf

T = TypeVar("T")
KEPT_IN_RAM = 32
OLD_SECONDS = 24 * 3600.0
"""Files that nobody collected, because their engine died, are removed after so long."""


class Objects(Generic[T]):
    """Objects by name. ``pack`` makes plain tensors and Python values of one, ``unpack`` the object again.

    The latest are kept on ``shelf``, where they count in the memory budget and leave for others.
    """

    def __init__(
        self, folder: Path, pack: Callable[[T], Any], unpack: Callable[[Any], T], shelf: WeightShelf
    ) -> None:
        self._folder = folder
        self._pack = pack
        self._unpack = unpack
        self._shelf = shelf

    def save(self, value: T) -> str:
        """Keep an object under a new name; the name."""
        name = f"{type(value).__name__}_{uuid.uuid4()}"
        packed = self._pack(value)
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{name}.{os.getpid()}"
        torch.save(packed, part)
        part.replace(self._file(name))
        self._kept(name, lambda: packed)
        return name

    def load(self, name: str) -> T:
        """A copy of an object. Raises ObjectNotFoundError."""
        return self._unpack(self._kept(name, lambda: self._read(name)))

    def exists(self, name: str) -> bool:
        """True if there is such an object."""
        return self._file(name).is_file()

    def delete(self, names: Iterable[str]) -> None:
        """Remove objects with their files."""
        for name in names:
            self._shelf.forget(self._owner, self._file(name))
            self._file(name).unlink(missing_ok=True)

    def drop_old(self) -> None:
        """Remove files older than ``OLD_SECONDS``."""
        for file in self._folder.glob("*") if self._folder.is_dir() else ():
            if time.time() - file.stat().st_mtime > OLD_SECONDS:
                file.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / Path(name).name

    def _read(self, name: str) -> Any:
        try:
            return torch.load(self._file(name), map_location="cpu", weights_only=True)
        except OSError as error:
            raise ObjectNotFoundError(name) from error

    @property
    def _owner(self) -> str:
        return f"objects in {self._folder}"

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        """The packed object from the shelf, or newly made; it isn't kept where the budget has no room."""
        file = self._file(name)
        try:
            return self._shelf.get(self._owner, file, make, files=(file,), most=KEPT_IN_RAM)
        except OverBudget:
            return make()
