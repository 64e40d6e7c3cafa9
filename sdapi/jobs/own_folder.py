"""The folders of pictures that belong to one key, so that ``/file=`` shows them to nobody else."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.kinds import kind_of
from pipelines.contract.requests import EngineRequest


def in_own_folder(request: EngineRequest, folder: str) -> EngineRequest:
    """The request, with its pictures saved in ``folder`` of where they would be saved; empty is none."""
    own = kind_of(request).in_folder
    return request if own is None or not folder else own(request, folder)


def is_own(path: Path, folder: str) -> bool:
    """Whether a saved file lies in such a folder; all are for who has none."""
    return not folder or folder in path.parts
