"""The routes list detectors of all folders, and describe a unit."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from extensions.adetailer.units.infotext import VERSION
from tests.extensions.swarmui.conftest import serving

OWN = ("adetailer",)


def names(http: TestClient) -> list[str]:
    """File names that are listed, without those that need no file there."""
    listed: list[str] = http.get("/adetailer/v1/ad_model").json()["ad_model"]
    return [name for name in listed if name != "retinaface" and not name.startswith("mediapipe_")]


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    with serving(tmp_path, extensions=OWN) as client:
        yield client.http


def test_detectors_are_listed_as_they_come(http: TestClient, tmp_path: Path) -> None:
    assert names(http) == []
    folder = tmp_path / "models" / "adetailer"
    folder.mkdir(parents=True)
    for name in ("b.pt", "a.safetensors", "c.txt"):
        (folder / name).touch()
    assert sorted(names(http)) == ["a.safetensors", "b.pt"]


def test_further_folders_are_listed_too(http: TestClient, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "mine.pt").touch()
    assert http.post("/sdapi/v1/options", json={"ad_extra_models_dir": "more"}).status_code == 200
    assert names(http) == ["mine.pt"]


def test_detectors_without_a_file_there_come_last(http: TestClient) -> None:
    listed = http.get("/adetailer/v1/ad_model").json()["ad_model"]
    assert listed[-1] == "retinaface"
    assert ("mediapipe_face_full" in listed) is (find_spec("mediapipe") is not None)


def test_a_unit_is_described_by_its_fields(http: TestClient) -> None:
    assert http.get("/adetailer/v1/version").json() == {"version": VERSION}
    fields = http.get("/adetailer/v1/schema").json()["properties"]
    assert (fields["ad_confidence"]["default"], fields["ad_confidence"]["type"]) == (0.3, "number")
