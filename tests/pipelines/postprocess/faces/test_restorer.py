"""The restorers: which files they want, and what they do with every face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights
from pipelines.contract.heed import in_one_go
from pipelines.contract.settings import Folders
from pipelines.postprocess.faces import restorer as module
from pipelines.postprocess.faces.files import load_helper
from pipelines.postprocess.faces.geometry import TEMPLATE
from pipelines.postprocess.faces.parsenet import ParseNet
from pipelines.postprocess.faces.restorer import FaceRestorers, Restore, to_pixels, to_tensor
from pipelines.postprocess.faces.retinaface import RetinaFace

CPU = torch.device("cpu")


def folders(root: Path) -> Folders:
    gfpgan, codeformer = (root / "GFPGAN",), (root / "Codeformer",)
    empty = dict.fromkeys(("checkpoints", "vaes", "loras", "embeddings", "hypernetworks"), ())
    return Folders(data=root, models=root, gfpgan=gfpgan, codeformer=codeformer, **empty)


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"not a model")


@pytest.mark.parametrize(
    ("model", "file"), [("GFPGAN", "GFPGANv1.4.pth"), ("CodeFormer", "codeformer-v0.1.0")]
)
def test_missing_weights_name_file_and_folder(tmp_path: Path, model: str, file: str) -> None:
    image = np.zeros((8, 8, 3), dtype=np.uint8)
    with pytest.raises(MissingWeights, match=rf"{file}.*{tmp_path}"):
        in_one_go(FaceRestorers(folders(tmp_path), CPU).restore(image, model, 0.5, print))
    touch(tmp_path / "GFPGAN" / "GFPGANv1.4.pth", tmp_path / "Codeformer" / "codeformer-v0.1.0.pth")
    with pytest.raises(MissingWeights, match=r"detection_Resnet50_Final\.pth"):
        in_one_go(FaceRestorers(folders(tmp_path), CPU).restore(image, model, 0.5, print))


def test_other_restorers_are_refused(tmp_path: Path) -> None:
    image = np.zeros((8, 8, 3), dtype=np.uint8)
    with pytest.raises(InvalidRequest, match="'Foo'"):
        in_one_go(FaceRestorers(folders(tmp_path), CPU).restore(image, "Foo", 0.5, print))


def test_a_file_that_is_no_parser_is_told(tmp_path: Path) -> None:
    torch.save({"module.encoder.0.conv2d.bias": torch.zeros(64)}, tmp_path / "parsing_parsenet.pth")
    with pytest.raises(CorruptFile, match="has no body"):
        load_helper(ParseNet(), tmp_path / "parsing_parsenet.pth", CPU)


class Skin(ParseNet):
    """Takes everything for skin."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)

    def forward(self, x: Tensor) -> Tensor:
        scores = torch.zeros(1, 19, *x.shape[-2:])
        scores[:, 1] = 1.0
        return scores


def one_face(monkeypatch: pytest.MonkeyPatch, restore: Restore) -> FaceRestorers:
    restorers = FaceRestorers(folders(Path()), CPU)
    with torch.device("meta"):
        detector = RetinaFace()
    monkeypatch.setattr(restorers, "_load", lambda model, holder: (restore, detector, Skin()))
    monkeypatch.setattr(module, "find_landmarks", lambda *given: [TEMPLATE.copy()])
    return restorers


def test_a_face_is_replaced_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    weights: list[float] = []

    def green(face: Tensor, weight: float) -> Tensor:
        weights.append(weight)
        return torch.tensor([-1.0, 1.0, -1.0]).reshape(1, 3, 1, 1).expand_as(face)

    image = np.full((512, 700, 3), (255, 0, 0), dtype=np.uint8)
    restored = in_one_go(one_face(monkeypatch, green).restore(image, "CodeFormer", 0.25, print))
    assert restored[250, 250].tolist() == [0, 255, 0]
    assert restored[250, 650].tolist() == [255, 0, 0]
    assert weights == [0.25]
    assert list(one_face(monkeypatch, green).restore(image, "CodeFormer", 0.25, print)) == [None]


def test_a_face_that_fails_stays_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(face: Tensor, weight: float) -> Tensor:
        raise RuntimeError("no")

    warnings: list[str] = []
    image = np.random.default_rng(1).integers(0, 255, (512, 512, 3), dtype=np.uint8)
    restored = in_one_go(one_face(monkeypatch, fail).restore(image, "GFPGAN", 0.5, warnings.append))
    assert np.abs(restored.astype(int) - image).max() <= 1
    assert warnings == ["GFPGAN could not restore a face: no"]


def test_tensors_and_pixels_are_inverse() -> None:
    face = np.random.default_rng(2).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    assert np.abs(to_pixels(to_tensor(face)).astype(int) - face).max() <= 1
