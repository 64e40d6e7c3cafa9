"""Networks of the LoRA family on disk: names, aliases, metadata and hashes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pipelines.catalog.damage import damage_of
from pipelines.catalog.files import stamp, walk_all
from pipelines.catalog.hashes import HashCache
from pipelines.catalog.listing import Listing
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile
from pipelines.contract.settings import Folders

log = logging.getLogger(__name__)

SUFFIXES = (".pt", ".ckpt", ".safetensors")
_Told: TypeAlias = tuple[dict[str, Any], str | None]
FIRST_KEYS = ("ss_sd_model_name", "ss_resolution", "ss_clip_skip", "ss_num_train_images", "ss_tag_frequency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """One file: ``name`` is its stem, ``alias`` the name that its trainer gave it."""

    path: Path
    name: str
    alias: str
    metadata: Mapping[str, Any]
    damaged: str | None = None
    """One line on a defect that shows without loading the file, which is listed all the same; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    by_name: Mapping[str, Lora]
    by_alias: Mapping[str, Lora]


class LoraCatalog:
    """The networks of some folders."""

    def __init__(self, folders: Folders, hashes: HashCache) -> None:
        self._folders = folders
        self._hashes = hashes
        self._named = Listing(folders, folders.loras, self._scan)
        self._told: dict[Path, tuple[tuple[int, int] | None, _Told]] = {}

    def refresh(self) -> None:
        """Read the folders again; headers of unchanged files are not."""
        self._named.refresh()

    def list(self) -> tuple[Lora, ...]:
        """Return every network; of files with one name the last counts."""
        return tuple(self._named.get().by_name.values())

    def find(self, name: str) -> Lora | None:
        """Find a network by alias or file name; an alias that two files share means neither."""
        named = self._named.get()
        return named.by_alias.get(name) or named.by_name.get(name)

    def _scan(self) -> _Named:
        loras = [self._describe(path) for path in walk_all(self._folders.loras, SUFFIXES)]
        by_name = {lora.name: lora for lora in loras if lora.name.lower() != "none"}
        return _Named(by_name=by_name, by_alias=_aliases(tuple(by_name.values())))

    def short_hash(self, lora: Lora) -> str | None:
        """Return 12 digits: of the trainer's own hash, else of the tensors'; None when hashing is off."""
        own = lora.metadata.get("sshs_model_hash")
        value = own if isinstance(own, str) and own else self._hashes.network_sha256(lora.path)
        return value[:12] if value else None

    def name_of(self, name: str, short_hash: str) -> str | None:
        """Return the name that the network with this hash has here: ``name`` if it means that network.

        None if no file has the hash. Every file is hashed if need be; the hashes are kept on disk.
        """
        named = self.find(name)
        if named is not None and self.short_hash(named) == short_hash:
            return name
        found = next((lora for lora in self.list() if self.short_hash(lora) == short_hash), None)
        if found is None:
            return None
        return found.alias if self.find(found.alias) == found else found.name

    def _describe(self, path: Path) -> Lora:
        metadata, damaged = self._tell(path)
        alias = metadata.get("ss_output_name")
        return Lora(
            path=path.absolute(),
            name=path.stem,
            alias=alias if isinstance(alias, str) and alias else path.stem,
            metadata=metadata,
            damaged=damaged,
        )

    def _tell(self, path: Path) -> _Told:
        now = stamp(path)
        known = self._told.get(path)
        if known is None or known[0] != now:
            known = now, _told(path)
            self._told[path] = known
        return known[1]


def _told(path: Path) -> _Told:
    """Return the metadata of a file, and a line on its defect or None.

    An error of any kind becomes a line, so that one file can't keep the others from being listed.
    """
    try:
        if path.suffix.lower() != ".safetensors":
            return {}, damage_of(path)
        metadata = read_header(path).metadata
    except CorruptFile as error:
        return {}, error.message
    except Exception as error:
        log.warning("%s can't be listed", path, exc_info=error)
        return {}, f"{path.name} can't be read"
    first = {key: metadata[key] for key in FIRST_KEYS if key in metadata}
    return first | dict(metadata), None


def _aliases(loras: tuple[Lora, ...]) -> dict[str, Lora]:
    found: dict[str, Lora] = {}
    shared: set[str] = set()
    for lora in loras:
        if lora.alias in found:
            shared.add(lora.alias)
        found[lora.alias] = lora
    return {alias: lora for alias, lora in found.items() if alias not in shared and alias.lower() != "none"}
