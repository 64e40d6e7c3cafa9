"""Hypernetwork files on disk."""

from __future__ import annotations

from pathlib import Path

from pipelines.catalog.files import walk_all
from pipelines.contract.settings import Folders


def list_hypernetworks(folders: Folders) -> dict[str, Path]:
    """Map names to paths, sorted without regard to case; a file called None.pt means no hypernetwork."""
    files = sorted(walk_all(folders.hypernetworks, (".pt",)), key=lambda path: str(path).lower())
    return {path.stem: path.absolute() for path in files if path.stem != "None"}
