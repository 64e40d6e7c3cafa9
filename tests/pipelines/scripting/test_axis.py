"""An axis: its texts in the legend, and the changes and checks that axes are made of."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires
from pipelines.scripting.axis import Axis, Shown, as_given, field_of, one_of, option, part_of, spelled
from pipelines.scripting.axis_values import Value
from pipelines.scripting.script_file import Names
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

CONTEXT = FakeContext(names=Names(samplers=("Euler", "Euler a")))


def samplers(names: Names) -> tuple[str, ...]:
    return names.samplers


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        ("labelled", 4, "Steps: 4"),
        ("labelled", 0.1 + 0.2, "Steps: 0.3"),
        ("labelled", ("a", "b"), "a, b"),
        ("bare", "Euler", "Euler"),
        ("file", "/models/folder/one.safetensors", "one.safetensors"),
        ("listed", ("a", "b"), "a, b"),
        ("last", ("red", "blue"), "blue"),
        ("nothing", "x", ""),
    ],
)
def test_a_legend_shows_values_as_their_axis_does(shown: Shown, value: Value, text: str) -> None:
    assert Axis(label="Steps", shown=shown).text(value) == text


def test_an_axis_without_a_change_leaves_the_request() -> None:
    request = a_request()
    assert Axis(label="Nothing").apply(request, "x", CONTEXT) is request
    assert as_given(request, [1, 2], CONTEXT) == [1, 2]


def test_a_field_is_set() -> None:
    assert field_of("steps")(a_request(), 9, CONTEXT) == a_request(steps=9)


def test_a_field_of_a_part_is_set_if_the_part_is_there() -> None:
    change = part_of("hires", "steps")
    plain = a_request()
    assert change(plain, 9, CONTEXT) is plain
    assert change(a_request(hires=Hires(scale=3.0)), 9, CONTEXT).hires == Hires(scale=3.0, steps=9)


def test_an_option_of_the_engine_is_overridden() -> None:
    changed = option("rho")(a_request(overridden=frozenset({"eta_ddim"})), 5.0, CONTEXT)
    assert changed.options.rho == 5.0
    assert changed.overridden == {"eta_ddim", "rho"}


def test_options_of_extensions_lie_with_each_other() -> None:
    first = option("own_first")(a_request(), 1, CONTEXT)
    both = option("own_second")(first, 2, CONTEXT)
    assert both.options.extension == {"own_first": 1, "own_second": 2}
    assert both.overridden == {"own_first", "own_second"}


def test_choices_are_spelled_as_listed() -> None:
    assert one_of("sampler", samplers)(a_request(), ["euler A", "EULER"], CONTEXT) == ["Euler a", "Euler"]
    assert spelled(samplers)(a_request(), ["euler A", "other", 3], CONTEXT) == ["Euler a", "other", 3]


def test_a_value_that_is_no_choice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Unknown sampler: Foo") as refused:
        one_of("sampler", samplers)(a_request(), ["Euler", "Foo"], CONTEXT)
    assert refused.value.field == "script.args"
