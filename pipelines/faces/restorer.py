"""Restore faces with GFPGAN or CodeFormer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.errors import MissingWeights
from pipelines.settings import Folders


class FaceRestorers:
    """The face restorers of one engine."""

    def __init__(self, folders: Folders, device: torch.device) -> None:
        self._folders = folders
        self._device = device

    def restore(
        self, image: NDArray[np.uint8], model: str, weight: float, warn: Callable[[str], None]
    ) -> NDArray[np.uint8]:
        """Restore every face of an RGB picture (h, w, 3). Raises MissingWeights."""
        raise MissingWeights(
            f"{model} needs its weights and a face detector in {self._folders.models}", field="restore_faces"
        )

    def unload(self) -> None:
        """Let the networks go."""
