"""Pairs of an infotext's last line, by A1111's grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdapi.dialects.a1111.infotext.pairs import find_pairs, read_pairs


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
