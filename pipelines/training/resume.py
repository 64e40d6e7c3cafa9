"""The state of a run at its last save, so that one that broke off goes on from there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import torch

from pipelines.contract.settings import Folders
from pipelines.training.archive import write_torch

STATE = "state.pt"


class RunFolder:
    """The own folder of a run in the server's cache; it is gone when the run has ended."""

    def __init__(self, folders: Folders, run: str) -> None:
        self.path = folders.data / "cache" / "training" / run

    def read(self) -> Mapping[str, Any] | None:
        """Read the last state; None if there is none or it is damaged."""
        file = self.path / STATE
        if not file.is_file():
            return None
        try:
            return torch.load(file, map_location="cpu", weights_only=True)
        except Exception:  # a damaged state is as good as none: the run begins again
            return None

    def write(self, state: Mapping[str, Any]) -> None:
        """Keep a state in the place of the one before. Raises DiskFull, NotWritten."""
        write_torch(self.path / STATE, state, name="state")

    def clear(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
