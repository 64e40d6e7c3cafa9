"""Pairs of an infotext's last line, by A1111's grammar."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdapi.dialects.a1111.infotext.pairs import find_pairs, read_pairs

GRAMMAR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""The pair grammar as the original describes it; it takes quadratic time."""


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ('Lora hashes: "a: 1, b: 2", X y: z', {"Lora hashes": "a: 1, b: 2", "X y": "z"}),
        (r'ab: "q\"uo\nte"', {"ab": 'q"uo\nte'}),
        ('ab: "open, cd: 1', {"ab": '"open', "cd": "1"}),
        ('ab: "x" y, cd: 1', {"ab": '"x" y', "cd": "1"}),
        ("a: 1, bc:  2", {"bc": "2"}),
        ("Size: 5x6, ab: ,cd:e", {"Size-1": "5", "Size-2": "6", "cd": "e"}),
        ("é-ü/ x: 1", {"é-ü/ x": "1"}),
        (":,::,", {}),
    ],
)
def test_pairs(line: str, pairs: dict[str, str]) -> None:
    assert read_pairs(line) == pairs


@given(st.text())
def test_pairs_of_anything(line: str) -> None:
    assert all(len(key) >= 2 for key, _ in find_pairs(line))


@given(st.text(alphabet='ab1é_:,"\\\\ -/x', max_size=40))
def test_pairs_are_those_of_the_grammar(line: str) -> None:
    assert find_pairs(line) == GRAMMAR.findall(line)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("5x6", {"ab-1": "5", "ab-2": "6"}),
        ('"5x6"', {"ab-1": "5", "ab-2": "6"}),
        ("5x", {"ab": "5x"}),
        ("-5x6", {"ab": "-5x6"}),
        ("٣x٤", {"ab": "٣x٤"}),
        ('"', {"ab": '"'}),
        (r'"\q"', {"ab": r'"\q"'}),
        ("", {}),
    ],
)
def test_values_are_unquoted_and_sizes_split(value: str, read: dict[str, str]) -> None:
    assert read_pairs(f"ab: {value}") == read


def test_the_last_of_two_pairs_counts() -> None:
    assert read_pairs("ab: 1, ab: 2") == {"ab": "2"}
