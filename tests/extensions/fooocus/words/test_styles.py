"""Styles: the legal names, texts of our own, packs of users."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from extensions.fooocus.words.styles import (
    MARK,
    PromptStyle,
    legal_names,
    own_styles,
    selected,
    spelled,
    styles_of,
)

NEGATIVE_ONLY = {"Fooocus Enhance", "Fooocus Semi Realistic", "Fooocus Negative"}


def test_there_are_as_many_as_clients_know(tmp_path: Path) -> None:
    names = legal_names(styles_of(tmp_path))
    assert len(names) == len(set(names)) == 279
    assert names[:3] == ["Fooocus V2", "Random Style", "Fooocus Enhance"]
    assert {"Watercolor 2", "Whimsical And Playful", "SAI 3D Model", "MRE Anime", "Pebble Art"} <= set(names)
    assert names[-1] == "Mk Shepard Fairey Style"


def test_three_act_on_the_negative_side_alone() -> None:
    assert {style.name for style in own_styles() if not style.positive} == NEGATIVE_ONLY
    assert all(MARK in style.positive for style in own_styles() if style.positive)
    assert all(style.negative for style in own_styles())


def test_packs_of_users_come_first_and_replace_texts(tmp_path: Path) -> None:
    folder = tmp_path / "sdxl_styles"
    folder.mkdir()
    rows = [{"name": "my-3d-look", "prompt": "{prompt} mine"}, {"name": "sai-anime", "prompt": "x"}, 3, {}]
    (folder / "own.json").write_text(json.dumps(rows))
    (folder / "broken.json").write_text("{")
    styles = styles_of(tmp_path)
    assert list(styles)[:2] == ["My 3D Look", "SAI Anime"]
    assert styles["SAI Anime"] == PromptStyle(name="SAI Anime", positive="x")
    assert len(styles) == 278


@pytest.mark.parametrize(
    ("name", "listed"),
    [("sai-3d-model", "SAI 3D Model"), ("mre-bad-dream", "MRE Bad Dream"), ("flat 2d art", "Flat 2D Art")],
)
def test_names_of_files_as_they_are_listed(name: str, listed: str) -> None:
    assert spelled(name).casefold() == listed.casefold()


def test_a_random_style_is_drawn_by_the_seed() -> None:
    styles = {style.name: style for style in own_styles()}
    drawn = [selected(["Random Style", "nobody's"], styles, Random(seed))[0] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
