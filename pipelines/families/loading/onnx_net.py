"""ONNX networks through OpenCV, on the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.catalog.file_kind import explain
from pipelines.contract.errors import CorruptFile

DAMAGED_OR_OTHER = "damaged, or not the file that is published under this name; download it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxNet:
    """A network file; errors blame ``field``. Outputs are in the file's order."""

    path: Path
    net: Any
    field: str = "module"

    def __call__(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Compute the outputs for (1, 3, h, w). Raises CorruptFile."""
        try:
            self.net.setInput(np.ascontiguousarray(values))
            made: Any = self.net.forward(self.net.getUnconnectedOutLayersNames())
        except cv2.error as error:
            raise self.wrong() from error
        return [np.asarray(one, np.float32) for one in made]

    def wrong(self) -> CorruptFile:
        """Return the error for a file whose network is damaged or another one."""
        return CorruptFile(f"{self.path.name} can't be run: it is {DAMAGED_OR_OTHER}", field=self.field)


def read_onnx(path: Path, field: str = "module") -> OnnxNet:
    """Read the network of a file. Raises CorruptFile."""
    try:
        return OnnxNet(path=path, net=cv2.dnn.readNetFromONNX(str(path)), field=field)
    except cv2.error as error:
        text = f"{path.name} can't be loaded: it is {explain(path) or DAMAGED_OR_OTHER}"
        raise CorruptFile(text, field=field) from error
