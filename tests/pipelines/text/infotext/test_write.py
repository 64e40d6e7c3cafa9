"""Infotexts as A1111 writes them: prompt, negative prompt, one line of pairs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.text.infotext.write import InfotextFields, Value, pairs_line, quote


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Euler a", "Euler a"),
        (7.0, "7.0"),
        (True, "True"),
        ("a, b", '"a, b"'),
        ("a: b", '"a: b"'),
        ("a\nb", '"a\\nb"'),
        ('say "x"', 'say "x"'),
        ('say "x", y', '"say \\"x\\", y"'),
        ("Größe: 1", '"Größe: 1"'),
    ],
)
def test_a_value_is_quoted_only_if_it_would_end_the_pair(value: Value, written: str) -> None:
    assert quote(value) == written


def test_pairs_without_a_value_are_left_out() -> None:
    pairs: dict[str, Value] = {"Steps": 20, "Eta": None, "Tiling": "Tiling", "Size": "64x64"}
    assert pairs_line(pairs) == "Steps: 20, Tiling, Size: 64x64"


PLAIN = InfotextFields(
    prompt="a cat", negative_prompt="", pairs={"Steps": 20, "Seed": 7}, extra={}, version="v1"
)


def test_the_version_is_the_last_pair() -> None:
    text = replace(PLAIN, extra={"Hires steps": 5}, negative_prompt="a dog").text()
    assert text == "a cat\nNegative prompt: a dog\nSteps: 20, Seed: 7, Hires steps: 5, Version: v1"


def test_an_extra_value_takes_the_place_of_the_fixed_pair() -> None:
    assert replace(PLAIN, extra={"Steps": 9}, version=None).text() == "a cat\nSteps: 9, Seed: 7"


def test_an_empty_prompt_leaves_no_empty_line() -> None:
    assert replace(PLAIN, prompt="", version=None).text() == "Steps: 20, Seed: 7"
