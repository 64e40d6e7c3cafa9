"""Lists and names in the spellings of clients."""

from __future__ import annotations

import pytest

from extensions.fooocus.bodies.texts import choice, listed, parsed


@pytest.mark.parametrize(
    "value",
    ["Left, Right", '["Left", "Right"]', ["Left", "Right"], ["Left,Right"], ['["Left"]', "Right"]],
)
def test_lists_in_every_form(value: object) -> None:
    assert listed(value) == ["Left", "Right"]


def test_a_list_of_objects_stays_one() -> None:
    assert listed('[{"model_name": "a, b"}]') == [{"model_name": "a, b"}]
    assert listed(3) == [3]


def test_names_in_any_letter_case() -> None:
    names = ("Extreme Speed", "Hyper-SD")
    assert [choice(text, names) for text in ("extreme-speed", "HYPER SD", "Balanced")] == [*names, None]


def test_text_that_is_no_json_is_nothing() -> None:
    assert (parsed("{"), parsed("[" * 100_000), parsed('{"a": 1}')) == (None, None, {"a": 1})
