"""Checkpoints on disk: their names, titles, aliases, hashes and the closest match for a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalog.damage import damage_of
from pipelines.catalog.files import stamp, walk
from pipelines.catalog.hashes import HashCache, legacy_hash
from pipelines.catalog.listing import Listing
from pipelines.contract.settings import Folders

SUFFIXES = (".ckpt", ".safetensors")
VAE_SUFFIXES = (".vae.ckpt", ".vae.safetensors")
_TRAILING_HASH = re.compile(r"\s*\[[^\]]*\]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One file. ``name`` is its path below the model folder; ``sha256`` None until it was computed."""

    path: Path
    name: str
    sha256: str | None
    legacy_hash: str
    damaged: str | None = None
    """One line on a defect that shows without loading the file; None if there is none."""

    @property
    def stem(self) -> str:
        """The file name without suffix (what infotexts call the model)."""
        return self.path.stem

    @property
    def model_name(self) -> str:
        """The name without suffix, slashes as underscores."""
        return str(Path(self.name).with_suffix("")).replace("/", "_").replace("\\", "_")

    @property
    def shorthash(self) -> str | None:
        """First 10 digits of the SHA-256."""
        return self.sha256[:10] if self.sha256 else None

    @property
    def title(self) -> str:
        """``name [shorthash]``, or the name alone while the hash is unknown."""
        return f"{self.name} [{self.shorthash}]" if self.shorthash else self.name

    @property
    def short_title(self) -> str:
        """``stem [shorthash]``, or the stem alone."""
        return f"{self.stem} [{self.shorthash}]" if self.shorthash else self.stem

    @property
    def config(self) -> Path | None:
        """The yaml beside the file, if there is one."""
        path = self.path.with_suffix(".yaml")
        return path if path.is_file() else None

    def aliases(self) -> Iterable[str]:
        """Yield every text that means exactly this file."""
        yield from (self.legacy_hash, self.model_name, self.title, self.name, self.stem)
        yield f"{self.name} [{self.legacy_hash}]"
        if self.sha256 and self.shorthash:
            yield from (self.shorthash, self.sha256, self.title, self.short_title)


class CheckpointCatalog:
    """The checkpoints of some folders. ``first`` (``--ckpt``) is listed before all others.

    Hashes that become known show at once.
    """

    def __init__(self, folders: Folders, hashes: HashCache, *, first: Path | None = None) -> None:
        self._folders = folders
        self._hashes = hashes
        self._first = first
        self._files = Listing(folders, folders.checkpoints, self._scan)
        self._told: dict[Path, tuple[tuple[int, int] | None, str, str | None]] = {}

    def refresh(self) -> None:
        """Read the folders again."""
        self._files.refresh()

    def list(self) -> tuple[Checkpoint, ...]:
        """Return every checkpoint, in A1111's order."""
        files = self._files.get().items()
        return tuple(self._describe(name, path) for name, path in files if path.is_file())

    def find(self, text: str) -> Checkpoint | None:
        """Find the checkpoint of which ``text`` is an exact alias or the path; the last one on collisions."""
        found = None
        for checkpoint in self.list():
            if text in checkpoint.aliases() or text == str(checkpoint.path):
                found = checkpoint
        return found

    def closest(self, text: str) -> Checkpoint | None:
        """Find an exact alias, else the shortest title with ``text``, its ``[hash]`` or not, in it."""
        if not text:
            return None
        return self.find(text) or self._containing(text) or self._containing(_TRAILING_HASH.sub("", text))

    def by_path(self, path: Path) -> Checkpoint:
        """Return the checkpoint of a file, listed or not."""
        listed = next((item for item in self.list() if item.path == path), None)
        return listed or self._describe(path.name, path)

    def hashed(self, checkpoint: Checkpoint) -> Checkpoint:
        """Return the same with its SHA-256, computed now if need be and allowed."""
        self._hashes.sha256(checkpoint.path)
        return self._describe(checkpoint.name, checkpoint.path)

    def _containing(self, text: str) -> Checkpoint | None:
        matching = [item for item in self.list() if text and text in item.title]
        return min(matching, key=lambda item: len(item.title), default=None)

    def _describe(self, name: str, path: Path) -> Checkpoint:
        legacy, damaged = self._tell(path)
        known = self._hashes.known(path)
        return Checkpoint(path=path, name=name, sha256=known, legacy_hash=legacy, damaged=damaged)

    def _tell(self, path: Path) -> tuple[str, str | None]:
        now = stamp(path)
        known = self._told.get(path)
        if known is None or known[0] != now:
            known = now, legacy_hash(path), damage_of(path)
            self._told[path] = known
        return known[1:]

    def _scan(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        if self._first is not None and self._first.is_file():
            files[self._name(self._first)] = self._first.absolute()
        for folder in self._folders.checkpoints:
            for path in walk(folder, SUFFIXES):
                if not path.name.lower().endswith(VAE_SUFFIXES):
                    files.setdefault(str(path.relative_to(folder)), path.absolute())
        return files

    def _name(self, path: Path) -> str:
        for folder in self._folders.checkpoints:
            if path.absolute().is_relative_to(folder.absolute()):
                return str(path.absolute().relative_to(folder.absolute()))
        return path.name
