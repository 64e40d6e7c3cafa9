"""Kinds of outputs that fit those of inputs."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from extensions.invokeai.fields.values import ImageField, LatentsField
from extensions.invokeai.graph.types import element_kinds, fits, kinds_of, said


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (int, int, True),
        (int, float, True),
        (float, int, False),
        (int, str, True),
        (float, str, True),
        (str, int, False),
        (bool, str, False),
        (ImageField, ImageField | None, True),
        (ImageField, LatentsField, False),
        (ImageField, ImageField | list[ImageField], True),
        (ImageField | str, ImageField, True),
        (list[int], list[float], True),
        (list[ImageField], list[Any], True),
        (list[ImageField], ImageField, False),
        (list[ImageField], list[LatentsField], False),
        (list, list[str], True),
        (Any, LatentsField, True),
        (str, Literal["a", "b"], True),
    ],
)
def test_fits(source: Any, target: Any, expected: bool) -> None:
    assert fits(kinds_of(source), kinds_of(target)) is expected


def test_lists_tell_what_they_hold() -> None:
    assert element_kinds(kinds_of(list[ImageField | list[int]])) == {"ImageField", "list[int]"}
    assert element_kinds(kinds_of(int)) is None
    assert said(kinds_of(int | str)) == "int or str"
