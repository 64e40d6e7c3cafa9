"""JSON values that no client means, as text: what a parser takes and Python's numbers and texts trip on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

HUGE = "9" * 400
"""A whole number beyond every float."""


def nested(depth: int, opening: str = "[", closing: str = "]", core: str = "") -> str:
    """Lists or objects in each other."""
    return opening * depth + core + closing * depth


NUMBERS = (
    HUGE,
    f"-{HUGE}",
    "9" * 5000,
    "1e999",
    "-1e999",
    "NaN",
    "-Infinity",
    "1e308",
    "-1e308",
    "5e-324",
    "1e20",
    "-1",
    "0",
    "0.5",
    str(2**31),
    str(-(2**31) - 1),
    str(2**63),
    str(2**64),
)
TEXTS = (
    '""',
    '"\\ud800"',
    '"a\\u0000b"',
    '"NaN"',
    '"1e999"',
    f'"{HUGE}"',
    '"-1"',
    '"1_000"',
    '"\\u0663"',
    '"%s{}"',
    '"../../etc"',
    '"None"',
)
OTHERS = ("null", "true", "false", "[]", "{}", "[null]", "[[]]", "[{}]", "[1e999]", '{"a":NaN}')
ODD = ('["\\udfff"]', '{"\\ud800":1}', f'[[{HUGE},"a"]]', '{"args":null}', '{"args":{}}', '{"args":[NaN]}')
DEEP = (
    nested(10_000),
    nested(10_000, '{"a":', "}", "1"),
    nested(800),
    nested(500, '{"a":', "}", "1"),
    nested(40),
)
HOSTILE = (*NUMBERS, *TEXTS, *OTHERS, *ODD, *DEEP)


def body_with(base: Mapping[str, Any], path: Sequence[str | int], value: str) -> bytes:
    """The JSON of ``base`` with ``value``, a JSON text, at a place; missing objects are made."""
    mark = "@hostile@"
    whole = json.loads(json.dumps(base))
    place = whole
    for key, following in pairwise(path):
        if isinstance(place, dict):
            place = place.setdefault(key, [] if isinstance(following, int) else {})  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        else:
            place = place[key]
    place[path[-1]] = mark
    return json.dumps(whole).replace(f'"{mark}"', value).encode()
