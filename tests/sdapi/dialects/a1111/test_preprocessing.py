"""Arguments of the older route preprocess become a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.preprocessing import FocalCrop, MultiCrop, PreprocessRequest
from sdapi.dialects.a1111.preprocessing import preprocess_request
from tests.sdapi.states import make_state


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a folder of pictures."""
    (tmp_path / "outputs" / "in").mkdir(parents=True)
    return tmp_path


def asked(data: Path, **changes: Any) -> PreprocessRequest:
    body: dict[str, Any] = {
        "process_src": "outputs/in",
        "process_dst": "outputs/out",
        "process_width": 64,
        "process_height": 96,
        "preprocess_txt_action": "ignore",
    }
    return preprocess_request({**body, **changes}, make_state(data, flags={"max_side": 1024}))


def test_little_is_needed(data: Path) -> None:
    request = asked(data)
    assert (request.source, request.destination) == (str(data / "outputs/in"), str(data / "outputs/out"))
    assert (request.width, request.height, request.text_action) == (64, 96, "ignore")
    assert not any((request.keep_size, request.flip, request.split, request.caption, request.tags))
    assert (request.split_threshold, request.overlap_ratio) == (0.5, 0.2)
    assert (request.focal, request.multi) == (None, None)


def test_null_has_the_originals_defaults(data: Path) -> None:
    fields = ("process_width", "process_height", "split_threshold", "overlap_ratio", "process_flip")
    request = asked(data, **dict.fromkeys(fields))
    assert (request.width, request.height) == (512, 512)
    assert (request.split_threshold, request.overlap_ratio, request.flip) == (0.5, 0.2, False)


def test_a_focal_crop_has_three_weights(data: Path) -> None:
    usual = FocalCrop(edges=0.5, entropy=0.15, faces=0.9, debug=False)
    assert asked(data, process_focal_crop=True).focal == usual
    shares = {"edges": 0, "entropy": 1, "face": 0.25}
    weights = {f"process_focal_crop_{name}_weight": share for name, share in shares.items()}
    own = asked(data, process_focal_crop=True, process_focal_crop_debug=True, **weights)
    assert own.focal == FocalCrop(edges=0, entropy=1, faces=0.25, debug=True)
    assert asked(data, **weights).focal is None


def test_a_multi_crop_has_bounds_and_an_aim(data: Path) -> None:
    assert asked(data, process_multicrop=True).multi == MultiCrop(maximise_area=True)
    sides = {"mindim": 128, "maxdim": 256, "minarea": 4096, "maxarea": 8192}
    own = asked(
        data,
        process_multicrop=True,
        process_multicrop_objective="Minimize error",
        process_multicrop_threshold=0.5,
        **{f"process_multicrop_{name}": value for name, value in sides.items()},
    )
    assert own.multi == MultiCrop(
        least_side=128,
        most_side=256,
        least_area=4096,
        most_area=8192,
        maximise_area=False,
        threshold=0.5,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"process_src": ""}, "process_src"),
        ({"process_src": 5}, "process_src"),
        ({"process_src": "outputs/gone"}, "process_src"),
        ({"process_src": "/etc"}, "process_src"),
        ({"process_dst": None}, "process_dst"),
        ({"process_dst": "models"}, "process_dst"),
        ({"process_dst": "outputs/in"}, "process_dst"),
        ({"process_width": 7}, "process_width"),
        ({"process_height": 1025}, "process_height"),
        ({"process_height": 7}, "process_height"),
        ({"preprocess_txt_action": "shout"}, "preprocess_txt_action"),
        ({"preprocess_txt_action": None}, "preprocess_txt_action"),
        ({"split_threshold": 1.01}, "split_threshold"),
        ({"overlap_ratio": 0.91}, "overlap_ratio"),
        ({"process_flip": "perhaps"}, "process_flip"),
        (
            {"process_focal_crop": True, "process_focal_crop_face_weight": -0.1},
            "process_focal_crop_face_weight",
        ),
        ({"process_multicrop": True, "process_multicrop_mindim": 63}, "process_multicrop_mindim"),
        (
            {"process_multicrop": True, "process_multicrop_mindim": 256, "process_multicrop_maxdim": 255},
            "process_multicrop_maxdim",
        ),
        ({"process_multicrop": True, "process_multicrop_maxarea": 0}, "process_multicrop_maxarea"),
        ({"process_multicrop": True, "process_multicrop_objective": "x"}, "process_multicrop_objective"),
    ],
)
def test_a_wrong_argument_is_named(changes: dict[str, Any], field: str, data: Path) -> None:
    with pytest.raises(InvalidRequest) as refused:
        asked(data, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("overlap_ratio", 0.9), ("split_threshold", 1), ("process_width", 8), ("process_height", 8)],
)
def test_values_on_the_bounds_are_taken(field: str, value: float, data: Path) -> None:
    asked(data, **{field: value})


@pytest.mark.parametrize(
    ("argument", "field"),
    [
        ("process_keep_original_size", "keep_size"),
        ("process_flip", "flip"),
        ("process_split", "split"),
        ("process_caption", "caption"),
        ("process_caption_deepbooru", "tags"),
    ],
)
def test_each_switch_is_its_own(argument: str, field: str, data: Path) -> None:
    request = asked(data, **{argument: True})
    switches = ("keep_size", "flip", "split", "caption", "tags")
    assert [name for name in switches if getattr(request, name)] == [field]
