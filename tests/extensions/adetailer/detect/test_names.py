"""Detector files and what their names mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.adetailer.detect.names import (
    detector_folders,
    find_detector,
    list_detectors,
    missing_detector,
    require_layout,
)
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.places import Places


def files(folder: Path) -> dict[str, Path]:
    (folder / "adetailer" / "more").mkdir(parents=True)
    for name in ("face_yolov8n.pt", "more/hand_yolov8n.pt", "person_yolov8n-seg.safetensors", "notes.txt"):
        (folder / "adetailer" / name).touch()
    return list_detectors((folder / "adetailer",))


def test_files_are_found_with_and_without_suffix(tmp_path: Path) -> None:
    found = files(tmp_path)
    assert sorted(found) == ["face_yolov8n.pt", "hand_yolov8n.pt", "person_yolov8n-seg.safetensors"]
    for name in ("hand_yolov8n.pt", "HAND_yolov8n.PT", "hand_yolov8n", "hand_yolov8n.safetensors"):
        assert find_detector(name, found) == found["hand_yolov8n.pt"]
    assert find_detector("eyes", found) is None


def test_a_name_that_is_nowhere_is_told_where_to_lie(tmp_path: Path) -> None:
    text = missing_detector("eyes.pt", files(tmp_path), (tmp_path / "adetailer",))
    assert text.startswith(
        f"there is no detector 'eyes.pt' in {tmp_path / 'adetailer'}; there are: face_yolov8n"
    )


def test_further_folders_lie_within_the_servers_own(tmp_path: Path) -> None:
    places = Places.of(tmp_path)
    assert detector_folders(tmp_path, "a|b", places) == (
        tmp_path / "adetailer",
        tmp_path.resolve() / "a",
        tmp_path.resolve() / "b",
    )
    with pytest.raises(InvalidRequest) as caught:
        detector_folders(tmp_path, "/etc", places)
    assert caught.value.field == "options.ad_extra_models_dir"


def test_detectors_that_read_texts_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="classes in words"):
        require_layout("yolov8x-worldv2.pt", "x")
