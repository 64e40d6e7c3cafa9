"""The surest face is cut out upright; without one the whole picture counts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.fooocus.drawing import faces
from extensions.fooocus.drawing.faces import NO_FACE, face_of
from pipelines.postprocess.faces.detector import FoundFace

IMAGE = Image.new("RGB", (200, 160), (90, 80, 70))
FACE = np.array([[80.0, 60.0], [110.0, 60.0], [95.0, 80.0], [82.0, 95.0], [108.0, 95.0]])
SERVICES: Any = SimpleNamespace(
    settings=SimpleNamespace(folders=SimpleNamespace(models=Path("models"))),
    residency=SimpleNamespace(device=torch.device("cpu")),
)


def looked_at(found: list[FoundFace], monkeypatch: pytest.MonkeyPatch) -> tuple[Image.Image, list[str]]:
    """The cut-out of a picture in which these faces are found, and the warnings."""
    told: list[str] = []
    monkeypatch.setattr(faces, "helper_file", lambda *_: Path("detector.pth"))
    monkeypatch.setattr(faces, "load_helper", lambda *_: None)
    monkeypatch.setattr(faces, "RetinaFace", lambda: None)
    monkeypatch.setattr(faces, "find_faces", lambda *_: found)
    return face_of(IMAGE, SERVICES, told.append), told


def test_a_face_is_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    face = FoundFace(box=np.array([70.0, 40.0, 120.0, 110.0]), landmarks=FACE)
    made, told = looked_at([face], monkeypatch)
    assert made.size == (512, 512)
    assert told == []


def test_no_face_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at([], monkeypatch) == (IMAGE, [NO_FACE])
