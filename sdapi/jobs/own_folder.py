"""Folders of one key's pictures, which ``/file=`` shows to no other key."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.kinds import kind_of
from pipelines.contract.requests import EngineRequest


def in_own_folder(request: EngineRequest, folder: str) -> EngineRequest:
    """The request, with its pictures saved in a subfolder of their usual place; empty leaves it as it is."""
    own = kind_of(request).in_folder
    return request if own is None or not folder else own(request, folder)


def is_own(path: Path, folder: str) -> bool:
    """True if a saved file lies in a caller's folder; always for a caller without one, who sees all."""
    return not folder or folder in path.parts
