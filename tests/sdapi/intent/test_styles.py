"""Styles by name and by text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.requests import Style
from sdapi.intent.styles import resolve_styles, unknown_styles

OWN = Style(name="own", prompt="{prompt}, bright")


@pytest.fixture
def patterns(tmp_path: Path) -> list[str]:
    (tmp_path / "a.csv").write_text("name,prompt,negative_prompt\nold,aged,new\ntwice,first,\n")
    (tmp_path / "b.csv").write_text("name,prompt,negative_prompt\ntwice,second,\n")
    return [str(tmp_path / "*.csv")]


def test_names_are_read_from_the_files_in_the_order_asked(patterns: list[str]) -> None:
    assert resolve_styles(["twice", "old"], patterns) == (
        Style(name="twice", prompt="second"),
        Style(name="old", prompt="aged", negative_prompt="new"),
    )


def test_texts_are_taken_as_they_are_beside_a_style_of_the_same_name(patterns: list[str]) -> None:
    own = Style(name="old", prompt="mine")
    assert resolve_styles([own, "old"], patterns)[0] is own


def test_no_file_is_read_for_texts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(patterns: object) -> dict[str, Style]:
        raise AssertionError(patterns)

    monkeypatch.setattr("sdapi.intent.styles.read_styles", refuse)
    assert resolve_styles([OWN], ["styles.csv"]) == (OWN,)


def test_an_unknown_name_has_no_text_and_is_told(patterns: list[str]) -> None:
    found = resolve_styles(["old", "gone"], patterns)
    assert found[1] == Style(name="gone")
    assert unknown_styles(found) == ("styles: 'gone' is not a known style",)
    assert unknown_styles([Style(name="n", negative_prompt="x")]) == ()
