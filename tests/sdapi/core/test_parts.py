"""Objects that extensions keep: one of a class for one application."""

from __future__ import annotations

from sdapi.core.parts import ExtensionParts


def test_an_object_is_made_once() -> None:
    parts, made = ExtensionParts(), list[int]()

    def make() -> dict[str, int]:
        made.append(1)
        return {"n": len(made)}

    assert parts.of(dict, make) is parts.of(dict, make)
    assert parts.of(list, lambda: [7]) == [7]
    assert made == [1]


def test_what_was_taken_is_made_again() -> None:
    parts = ExtensionParts()
    assert parts.take(list) is None
    first = parts.of(list, list)
    assert parts.take(list) is first
    assert parts.of(list, list) is not first
