"""Names of detectors are read: files, words, places, classes, numbers."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.adetailer.detect.wanted import MOST_TEXT, WantedThings, read_wanted
from pipelines.contract.errors import InvalidRequest

FILES = (
    *("face-2.pt", "face-2", "coco.pt", "coco", "a|b.pt", "a|b", "x:y.pt", "x:y", "clipseg:z.pt"),
    *("eye.pt-2.pt", "eye.pt-2", "eye.pt", "eye"),
)


def wanted(text: str) -> tuple[WantedThings, ...]:
    return read_wanted(text, FILES.__contains__, "ad_model")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("face.pt", {"name": "face.pt"}),
        ("face_yolov8m-seg_60.pt", {"name": "face_yolov8m-seg_60.pt"}),
        ("face_yolov8m-seg_60.pt-2", {"name": "face_yolov8m-seg_60.pt", "number": 2}),
        ("face_yolov8m-seg", {"name": "face_yolov8m-seg"}),
        ("face-3", {"name": "face", "number": 3}),
        ("face-2", {"name": "face-2"}),
        ("face-2.pt", {"name": "face-2.pt"}),
        ("coco.safetensors-cat", {"name": "coco.safetensors", "classes": ("cat",)}),
        ("coco.pt:0,tennis racket:", {"name": "coco.pt", "classes": ("0", "tennis racket")}),
        ("coco.PT-1:cat", {"name": "coco.PT", "classes": ("cat",), "number": 1}),
        ("coco:7:", {"name": "coco", "classes": ("7",)}),
        ("face-2-3", {"name": "face-2", "number": 3}),
        ("face-2.pt-left", {"name": "face-2.pt", "classes": ("left",)}),
        ("a|b.pt", {"name": "a|b.pt"}),
        ("a|b-2", {"name": "a|b", "number": 2}),
        ("a|b.pt:0:", {"name": "a|b.pt", "classes": ("0",)}),
        ("x:y.pt", {"name": "x:y.pt"}),
        ("x:y:7", {"name": "x:y", "classes": ("7",)}),
        ("clipseg:z.pt", {"name": "clipseg:z.pt"}),
        ("eye.pt-2.pt-3", {"name": "eye.pt-2.pt", "number": 3}),
        ("eye.pt-2", {"name": "eye.pt-2"}),
        ("eye.pt-1", {"name": "eye.pt", "number": 1}),
        ("coco-left", {"name": "coco-left"}),
        ("clipseg: a red hat", {"words": "a red hat"}),
        ("CLIPSeg:cat-2.pt", {"words": "cat-2.pt"}),
        ("place:0,0,0.5,1", {"place": "0,0,0.5,1"}),
        ("mediapipe_face_mesh_eyes_only", {"name": "mediapipe_face_mesh_eyes_only"}),
    ],
)
def test_one_detector(text: str, asked: dict[str, Any]) -> None:
    assert wanted(text) == (WantedThings(**asked),)


def test_several() -> None:
    both = wanted("face.pt-1 | clipseg:fingers|retinaface")
    assert [one.name or one.words for one in both] == ["face.pt", "fingers", "retinaface"]


def test_names_with_bars_among_several() -> None:
    several = wanted("coco.pt:0: | a|b.pt-2|clipseg:a|b|eye")
    assert [one.name or one.words for one in several] == ["coco.pt", "a|b.pt", "a", "b", "eye"]


@pytest.mark.parametrize("text", ["", "a||b", "clipseg:", "clipseg: | a", "|".join("a" * 17)])
def test_nothing_to_look_for_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        wanted(text)
    assert caught.value.field == "ad_model"


def test_a_name_without_end_is_refused_and_the_longest_is_read() -> None:
    with pytest.raises(InvalidRequest, match="at most 4000 characters"):
        wanted("face.pt-" + "9" * 5000)
    assert wanted("face.pt-" + "9" * (MOST_TEXT - 8))[0].number > 0
