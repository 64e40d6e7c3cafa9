"""Control model files: listed with short hashes, and found by the names that clients send; no torch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.plugin import InvalidRequest, walk

SUFFIXES = (".pt", ".pth", ".ckpt", ".safetensors", ".bin")
HASH_OFFSET = 0x100000
HASH_BYTES = 0x10000


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlFile:
    """A control model on disk."""

    path: Path
    short_hash: str

    @property
    def stem(self) -> str:
        """The file's name without suffix."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The name in listings, ``stem [hash]``."""
        return f"{self.stem} [{self.short_hash}]"


def short_hash(path: Path) -> str:
    """Eight hex digits of SHA-256 over 64 KiB at 1 MiB; over nothing for smaller files, NOFILE for none."""
    try:
        with path.open("rb") as file:
            file.seek(HASH_OFFSET)
            return hashlib.sha256(file.read(HASH_BYTES)).hexdigest()[:8]
    except OSError:
        return "NOFILE"


def control_folders(
    models: Path, data: Path, flags: Mapping[str, Any], more: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """The folders of control models, in order.

    A1111's, the original extension's own, further ones, and the one that the command line names.
    """
    own = data / "extensions" / "sd-webui-controlnet" / "models"
    named = flags.get("controlnet_dir")
    last = (Path(str(named)),) if named else ()
    return tuple(dict.fromkeys((models / "ControlNet", own, *more, *last)))


def list_files(folders: Iterable[Path]) -> tuple[ControlFile, ...]:
    """Every control model, by name within each folder; of equal stems the last one counts."""
    found: dict[str, ControlFile] = {}
    for folder in folders:
        paths = (p for p in walk(folder, SUFFIXES) if p.suffix in SUFFIXES and p.stem != "None")
        for path in sorted(paths, key=lambda p: p.name):
            file = ControlFile(path=path, short_hash=short_hash(path))
            known = found.get(path.stem.lower())
            if known is None or known.title != file.title:
                found[path.stem.lower()] = file
    return tuple(found.values())


def require_file(name: str | None, folders: Iterable[Path], *, field: str) -> ControlFile:
    """The control model that a unit names. Raises InvalidRequest."""
    if name is None:
        raise InvalidRequest("You have not selected any ControlNet Model.", field=field)
    folders = tuple(folders)
    file = find_file(name, list_files(folders))
    if file is None:
        searched = ", ".join(folder.name for folder in folders)
        raise InvalidRequest(f"model not found: {name} (searched in {searched})", field=field)
    return file


def find_file(name: str, files: Iterable[ControlFile]) -> ControlFile | None:
    """Find a file by title, by stem, by stem without the hash, else the shortest stem that holds the text."""
    files = tuple(files)
    wanted = name.strip().strip('"').strip().lower()
    bare = wanted.rpartition(" [")[0] if wanted.endswith("]") and " [" in wanted else wanted
    bare = bare.removesuffix(".safetensors").removesuffix(".pth")
    for text in (wanted, bare):
        for file in files:
            if text in (file.title.lower(), file.stem.lower()):
                return file
    holding = [file for file in files if bare and bare in file.stem.lower()]
    return min(holding, key=lambda file: len(file.stem)) if holding else None
