"""File names from forms: every key, nothing that a disk doesn't take, nothing that leads up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from extensions.swarmui.history.names import FORM, NameParts, fill_form, place_for

PARTS = NameParts(
    values={
        "prompt": "a/cat: <x>?",
        "model": "sub/base.v1",
        "steps": 7,
        "cfgscale": 6.5,
        "loras": ("a", "b"),
    },
    seed=12,
    number=3,
    user="local",
    size=(64, 96),
    request="abc",
    moment=datetime(2024, 1, 2, 3, 4, 5, 6000),
)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (FORM, "raw/2024-01-02/0304-acat x-basev1-12"),
        ("[month_name] [day_name] [second] [millisecond]", "January Tuesday 05 006"),
        ("[steps] [CFG Scale] [cfg_scale] [width]x[height]", "7 65 65 64x96"),
        ("[loras] [user_name] [batch_id] [number] [request_id]", "a-b local 3 4 abc"),
        ("[nobody] [sampler]", "[nobody] [sampler]"),
        ("[request_time_inc]", "03"),
    ],
)
def test_keys(form: str, name: str) -> None:
    assert fill_form(form, PARTS) == name


def test_parts_are_cut() -> None:
    parts = NameParts(values={"prompt": "x" * 100}, seed=1, number=0, user="local")
    assert fill_form("[prompt]", parts) == "x" * 40
    assert fill_form("[prompt]", parts, longest=5) == "xxxxx"


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("../../[seed]", "_/_/12"),
        ("/etc/[seed]", "etc/12"),
        ("con/[seed]", "con_/12"),
        ("a\\b", "a/b"),
        ("", "raw"),
        ("..", "_"),
    ],
)
def test_names_stay_below(form: str, place: str, tmp_path: Path) -> None:
    found = place_for(tmp_path, form, PARTS)
    assert found.relative_to(tmp_path).as_posix().startswith(place)
    assert found.resolve().is_relative_to(tmp_path.resolve())
