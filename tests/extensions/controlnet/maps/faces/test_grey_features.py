"""The grey face on white: whose it is, which parts of it stay, and the published files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.faces.grey_features import grey_features, whitened
from extensions.controlnet.maps.faces.parsing import BiSeNet
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights
from pipelines.postprocess.faces.geometry import TEMPLATE
from pipelines.postprocess.faces.retinaface import RetinaFace
from tests.extensions.controlnet.face_files import empty_tensors
from tests.pipelines.postprocess.faces.told_faces import ToldFace, ToldFinder, told_face

DETECTOR, PARSER = "detection_Resnet50_Final.pth", "parsing_bisenet.pth"
KEPT = {1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 17}
PICTURE: Array = np.random.RandomState(0).randint(0, 256, (128, 160, 3)).astype(np.uint8)


class Halves(nn.Module):
    """Skin on the left, background on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        scores = torch.zeros(1, 19, 512, 512)
        scores[:, 1, :, :256] = scores[:, 0, :, 256:] = 9.0
        return scores


def module() -> Preprocessor:
    found = find_preprocessor("facexlib")
    assert found is not None
    return found


def write_files(folder: Path, *, sees: bool) -> None:
    """Networks that find a face in standard pose at every anchor, or none, and take all of it for skin."""
    found = empty_tensors(RetinaFace())
    for level, size in enumerate((16, 64, 256)):
        offsets = torch.from_numpy((TEMPLATE - 256) / 512 * size / (0.1 * size)).float().flatten()
        found[f"ClassHead.{level}.conv1x1.bias"] = torch.tensor([-5.0, 5.0, -5.0, 5.0] if sees else [0.0] * 4)
        found[f"LandmarkHead.{level}.conv1x1.bias"] = offsets.repeat(2)
    torch.save(found, folder / DETECTOR)
    parsed = empty_tensors(BiSeNet())
    parsed["conv_out.conv.bn.bias"] = torch.ones(256)
    skin = torch.zeros(19, 256, 1, 1)
    skin[1] = 1.0
    torch.save({**parsed, "conv_out.conv_out.weight": skin}, folder / PARSER)


def test_the_face_and_hair_are_grey_and_all_else_is_white() -> None:
    face = np.full((1, 19, 3), (200, 100, 50), np.uint8)
    made = whitened(face, np.arange(19)[None])
    assert made.dtype == np.uint8
    # 59.8 + 58.7 + 5.7
    expected = [[124] * 3 if label in KEPT else [255] * 3 for label in range(19)]
    assert made[0].tolist() == expected


def test_the_face_is_cut_out_in_standard_pose() -> None:
    picture = np.random.RandomState(1).randint(0, 256, (512, 512, 3)).astype(np.uint8)
    made = grey_features(ToldFinder(told_face(0, 0, 512)), Halves(), picture)
    assert (made.shape, made.dtype) == ((512, 512, 3), np.uint8)
    flat = picture @ np.array([0.299, 0.587, 0.114])
    assert np.abs(made[:, :256, 0] - flat[:, :256]).max() <= 4
    assert (made[:, 256:] == 255).all()
    assert (made == made[:, :, :1]).all()


def test_the_face_nearest_the_middle_is_taken_from_the_picture_as_it_is() -> None:
    picture = np.zeros((300, 500, 3), np.uint8)
    picture[:, 250:] = 90
    detector = ToldFinder(told_face(0, 0, 150, 0.999), told_face(260, 20, 200))
    made = grey_features(detector, Halves(), picture)
    assert detector.seen[0].shape == (1, 3, 300, 500)
    assert (made[20:-20, 20:250] == 90).all()


def test_only_what_lies_in_the_picture_counts() -> None:
    picture = np.zeros((300, 500, 3), np.uint8)
    picture[:, 250:] = 90
    detector = ToldFinder(told_face(-190, 0, 300), told_face(260, 20, 200))
    assert (grey_features(detector, Halves(), picture)[20:-20, 20:250] == 90).all()


def test_no_face_is_an_error() -> None:
    with pytest.raises(InvalidRequest, match="no face was found in the picture") as caught:
        grey_features(ToldFinder(), Halves(), PICTURE)
    assert caught.value.field == "module"
    flat = ToldFace(box=np.array([0.0, 0, 90, 90]), landmarks=np.full((5, 2), 45.0))
    with pytest.raises(InvalidRequest, match="no face was found in the picture"):
        grey_features(ToldFinder(flat), Halves(), PICTURE)


def test_the_published_files_are_run(tmp_path: Path) -> None:
    write_files(tmp_path, sees=True)
    made = LoadedPreprocessor().run(module(), PICTURE, Sliders(), [tmp_path], "cpu")
    assert (made.shape, made.dtype) == ((512, 512, 3), np.uint8)
    assert len(np.unique(made)) > 50


@pytest.mark.slow
def test_the_published_files_may_find_nobody(tmp_path: Path) -> None:
    write_files(tmp_path, sees=False)
    with pytest.raises(InvalidRequest, match="no face was found in the picture"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [tmp_path], "cpu")


def test_missing_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    wanted = r"facexlib needs detection_Resnet50_Final\.pth, parsing_bisenet\.pth in .*ControlNetPreprocessor"
    with pytest.raises(MissingWeights, match=wanted):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [folder], "cpu")


@pytest.mark.parametrize("name", [DETECTOR, PARSER])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, sees=True)
    (tmp_path / name).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=f"{name} is damaged"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [tmp_path], "cpu")
