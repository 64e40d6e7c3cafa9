"""Script arguments in the spellings that clients use."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.scripting.script_arguments import coerce_arguments
from pipelines.scripting.script_file import ScriptArgument

FLAG = ScriptArgument(label="Flag", value=True)
NUMBER = ScriptArgument(label="Number", value=4)
TEXT = ScriptArgument(label="Text", value="")
CHOICE = ScriptArgument(label="Choice", value="comma", choices=("comma", "space"))
LIST = ScriptArgument(label="List", value=["left"], choices=("left", "right"))
NONE_LIST = ScriptArgument(label="Values", choices=())


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        *((FLAG, value, False) for value in (False, "False", "false", "no", "0", "off", 0, 0.0, None, "")),
        *((FLAG, value, True) for value in (True, "True", "YES", "on", "1", 1, 2)),
        (NUMBER, 3, 3),
        (NUMBER, 3.5, 3.5),
        (NUMBER, "7", 7),
        (NUMBER, " 2.5 ", 2.5),
        (NUMBER, None, 4),
        (TEXT, "a", "a"),
        (TEXT, 5, "5"),
        (TEXT, None, ""),
        (CHOICE, "Space", "space"),
        (CHOICE, "other", "other"),
        (CHOICE, 1, 1),
        (CHOICE, "1", 1),
        (CHOICE, None, None),
        (LIST, ["left", "RIGHT"], ["left", "right"]),
        (LIST, "left, right", ["left", "right"]),
        (LIST, '["left"]', ["left"]),
        (LIST, "right", ["right"]),
        (LIST, None, []),
        (NONE_LIST, [1, "a"], ["1", "a"]),
        (NONE_LIST, "a,b", ["a", "b"]),
        (NONE_LIST, "[a", ["[a"]),
    ],
)
def test_spellings(declared: ScriptArgument, given: Any, expected: Any) -> None:
    (found,) = coerce_arguments((declared,), (given,), field="script_args")
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        (FLAG, "perhaps"),
        (FLAG, []),
        (NUMBER, "many"),
        (NUMBER, float("nan")),
        (NUMBER, 10**400),
        (NUMBER, "9" * 400),
        (NUMBER, [1]),
        (TEXT, {}),
        (TEXT, "\ud800"),
        (LIST, {"a": 1}),
        (LIST, [["left"]]),
    ],
)
def test_what_fits_nowhere_names_its_place(declared: ScriptArgument, given: Any) -> None:
    with pytest.raises(InvalidRequest, match=declared.label) as error:
        coerce_arguments((TEXT, declared), ("", given), field="script_args")
    assert error.value.field == "script_args.1"


def test_missing_arguments_are_filled_and_surplus_ones_dropped() -> None:
    assert coerce_arguments((FLAG, NUMBER), (False,), field="a") == (False, 4)
    assert coerce_arguments((NUMBER,), (1, 2, 3), field="a") == (1,)
