"""Tags are found where they are closed, one inside another."""

from __future__ import annotations

import pytest

from extensions.swarmui.prompts.tags import PromptTag, parts_of


def shape(text: str) -> list[str]:
    return [
        part if isinstance(part, str) else f"{part.name}|{part.data}|{part.content}"
        for part in parts_of(text)
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ["plain"]),
        ("a <random:b,c> d", ["a ", "random||b,c", " d"]),
        ("<fromto[0.5]:a,b>", ["fromto|0.5|a,b"]),
        ("<random:<wc:x>,y>", ["random||<wc:x>,y"]),
        ("<base>x<refiner>y", ["base||", "x", "refiner||", "y"]),
        ("1 < 2 > 0", ["1 < 2 > 0"]),
        ("<lora:x", ["<lora:x"]),
        ("<<>", ["<<>"]),
        ("", []),
    ],
)
def test_parts(text: str, parts: list[str]) -> None:
    assert shape(text) == parts


def test_a_tag_knows_how_it_was_written() -> None:
    assert parts_of("<X[a]:b>") == [PromptTag(name="x", data="a", content="b", whole="X[a]:b")]


def test_brackets_without_end_take_no_time() -> None:
    assert "".join(shape("<a:" * 3_000)) == "<a:" * 3_000
