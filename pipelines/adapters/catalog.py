"""Network files by the names that prompts use, read from the folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.catalog.hashes import HashCache
from pipelines.catalog.hypernetworks import list_hypernetworks
from pipelines.catalog.loras import LoraCatalog
from pipelines.contract.settings import Folders


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraFile:
    """A found file and the hash that infotexts show."""

    path: Path
    short_hash: str


class NetworkFiles:
    """The network files of some folders by name; an unknown LoRA name has the folders read once more."""

    def __init__(self, folders: Folders, hashes: HashCache) -> None:
        self._folders = folders
        self._loras = LoraCatalog(folders, hashes)

    def find_lora(self, name: str) -> LoraFile | None:
        """Find the file with that alias or name; None if there is none."""
        lora = self._loras.find(name)
        if lora is None or not lora.path.is_file():
            self._loras.refresh()
            lora = self._loras.find(name)
        if lora is None:
            return None
        return LoraFile(path=lora.path, short_hash=self._loras.short_hash(lora) or "")

    def find_hypernetwork(self, name: str) -> Path | None:
        """Find the hypernetwork file with that name; None if there is none."""
        return list_hypernetworks(self._folders).get(name)
