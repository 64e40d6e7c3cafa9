"""Packs of face networks: which files a module wants, and the face that they tell of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.faces.pack import find_pack, load_pack
from extensions.controlnet.preprocessors.face_files import ANTELOPE, BUFFALO
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights
from tests.extensions.controlnet.face_files import Told, told_face, write_arcface, write_scrfd

PICTURE = np.zeros((640, 640, 3), np.uint8)
NUMBERS = np.arange(512, dtype=np.float32)


def module(key: str) -> Preprocessor:
    found = find_preprocessor(key)
    assert found is not None
    return found


def write_pack(folder: Path, names: tuple[str, str], *faces: Told) -> tuple[Path, Path]:
    return write_scrfd(folder / names[0], *faces), write_arcface(folder / names[1], NUMBERS)


@pytest.mark.parametrize(
    "key",
    ["ip-adapter_face_id", "ip-adapter_face_id_plus", "instant_id_face_embedding", "ip-adapter_pulid"],
)
def test_a_pack_may_lie_in_a_folder_of_its_own(tmp_path: Path, key: str) -> None:
    written = write_pack(tmp_path / "insightface" / "models" / "pack", module(key).variant)
    assert find_pack(module(key), [tmp_path / "none", tmp_path / "insightface"]) == written


def test_missing_files_are_named(tmp_path: Path) -> None:
    write_scrfd(tmp_path / "det_10g.onnx")
    with pytest.raises(MissingWeights, match=r"ip-adapter_face_id needs det_10g\.onnx, w600k_r50\.onnx in "):
        find_pack(module("ip-adapter_face_id"), [tmp_path])


def test_the_largest_face_is_told_with_its_numbers(tmp_path: Path) -> None:
    faces = told_face(100, 100), told_face(400, 300, 1.5, score=0.6)
    pack = load_pack(write_pack(tmp_path, ANTELOPE, *faces))
    face, embedding = pack.largest(PICTURE)
    assert face.points[2].tolist() == pytest.approx([400, 300])
    assert embedding.tolist() == NUMBERS.tolist()


def test_no_face_is_an_error_of_the_module(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, BUFFALO))
    with pytest.raises(InvalidRequest, match="no face was found in the picture") as caught:
        pack.largest(PICTURE)
    assert caught.value.field == "module"


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    detector, recogniser = write_pack(tmp_path, BUFFALO)
    recogniser.write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match=r"w600k_r50\.onnx can't be loaded"):
        load_pack((detector, recogniser))
