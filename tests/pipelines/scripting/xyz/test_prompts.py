"""Axes that rewrite prompts: search and replace, and the order of parts."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.scripting.xyz.prompts import pair_with_first, reorder, reordered, substitute
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

CONTEXT = FakeContext()


def test_every_value_takes_the_place_of_the_first() -> None:
    pairs = pair_with_first(a_request(), ["red", "blue", 3], CONTEXT)
    assert pairs == [("red", "red"), ("red", "blue"), ("red", "3")]


def test_both_prompts_are_searched_and_changed() -> None:
    request = a_request(prompt="red, red", negative_prompt="dark red")
    changed = substitute(request, ("red", "blue"), CONTEXT)
    assert (changed.prompt, changed.negative_prompt) == ("blue, blue", "dark blue")
    assert pair_with_first(a_request(negative_prompt="dark"), ["dark"], CONTEXT) == [("dark", "dark")]


def test_a_text_that_no_prompt_holds_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="did not find green") as refused:
        pair_with_first(a_request(), ["green", "red"], CONTEXT)
    assert refused.value.field == "script.args"


@pytest.mark.parametrize(
    ("prompt", "order", "expected"),
    [
        ("x, y, z", ("z", "x", "y"), "z, x, y"),
        ("a red circle", ("circle", "red"), "a circle red"),
        ("red; (blue), red", ("blue", "red"), "blue; (red), red"),
        ("only", ("only",), "only"),
        ("x y", (), "x y"),
    ],
)
def test_parts_change_places_and_the_rest_stays(prompt: str, order: tuple[str, ...], expected: str) -> None:
    assert reordered(prompt, order) == expected


def test_a_part_that_the_prompt_lacks_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="does not contain 'green'"):
        reorder(a_request(), ("red", "green"), CONTEXT)
