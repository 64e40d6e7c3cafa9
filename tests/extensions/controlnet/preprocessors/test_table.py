"""The table of preprocessors: every row says how it works, and every name finds its row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from extensions.controlnet.preprocessors.effects import ImagePromptEffect, RevisionEffect, StyleEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import (
    ORDER,
    PREPROCESSORS,
    find_preprocessor,
    keys_with,
    listed_preprocessors,
    register_preprocessor,
)

AUTO = "ip-adapter-auto"
"""Stands for the one that fits a unit's model."""
WORKING = [row for row in PREPROCESSORS.values() if row.key != AUTO and not row.unavailable]


@pytest.fixture
def row() -> Iterator[Preprocessor]:
    row = Preprocessor(key="mine", label="Mine (of lines)", former=("ours",), run="math:sqrt")
    yield row
    PREPROCESSORS.pop(row.key, None)


def ways(row: Preprocessor) -> tuple[str, ...]:
    return tuple(filter(None, (row.run, row.load, row.embed, row.unavailable)))


@pytest.mark.parametrize("key", PREPROCESSORS)
def test_every_row_runs_in_one_way_or_says_why_it_does_not(key: str) -> None:
    row = PREPROCESSORS[key]
    assert len(ways(row)) == (key != AUTO)
    assert not row.load or row.files or row.package
    assert row.embeds == bool(row.embed or key == AUTO)
    assert all("" not in names for names in row.files)


@pytest.mark.parametrize("name", sorted({row.run or row.load or row.embed for row in WORKING}))
def test_every_function_exists(name: str) -> None:
    module, _, wanted = name.partition(":")
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    assert wanted in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_only_what_licences_forbid_can_not_be_run() -> None:
    assert {key for key, row in PREPROCESSORS.items() if row.unavailable} == {
        "normal_dsine",
        "depth_hand_refiner",
    }


def test_the_listing_has_the_originals_order() -> None:
    keys = [row.key for row in listed_preprocessors()]
    assert keys == ORDER
    assert (len(keys), keys[0], keys[-1]) == (72, "none", "animal_openpose")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("softedge_hed", "hed"),
        ("Depth_MiDaS", "depth"),
        ("None", "none"),
        (None, "none"),
        ("te_hed", "softedge_teed"),
        (" invert ", "invert"),
        ("lineart_standard", "lineart_standard"),
        ("densepose", "densepose"),
        ("scribble", "scribble"),
    ],
)
def test_names_are_found_in_any_spelling(name: str | None, key: str) -> None:
    found = find_preprocessor(name)
    assert found is not None and found.key == key


def test_a_new_row_is_found_and_listed_last(row: Preprocessor) -> None:
    register_preprocessor(row)
    register_preprocessor(row)
    assert [find_preprocessor(name) for name in ("MINE", "mine (of lines)", "mine", "ours")] == [row] * 4
    assert listed_preprocessors()[-1] is row
    assert find_preprocessor("nope") is None


def test_a_name_is_taken_once(row: Preprocessor) -> None:
    register_preprocessor(row)
    with pytest.raises(ValueError, match="mine"):
        register_preprocessor(replace(row, run="math:cos"))
    with pytest.raises(ValueError, match="depth"):
        register_preprocessor(replace(row, key="other", label="depth_midas"))
    with pytest.raises(ValueError, match="openpose"):
        register_preprocessor(replace(row, key="OpenPose", label=""))


def test_keys_are_found_by_effect() -> None:
    assert keys_with(StyleEffect) == ("clip_vision",)
    assert keys_with(RevisionEffect) == ("revision_clipvision", "revision_ignore_prompt")
    assert AUTO in keys_with(ImagePromptEffect)
