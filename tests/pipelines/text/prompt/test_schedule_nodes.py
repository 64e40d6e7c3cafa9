"""Numbers of schedules become steps, and a tree has one text at each step."""

from __future__ import annotations

import pytest

from pipelines.text.prompt.schedule_nodes import Alternate, Group, Piece, Scheduled, StepRule, text_at, walk

FIRST = StepRule(steps=20)
SECOND = StepRule(steps=10, fraction_offset=1.0, step_offset=20)
OLD = StepRule(steps=20, old=True)


def group(*pieces: Piece) -> Group:
    return Group(pieces=pieces)


def scheduled(before: str, after: str, number: str) -> Scheduled:
    return Scheduled(before=group(before), after=group(after), number=number)


@pytest.mark.parametrize(
    ("rule", "number", "step"),
    [
        (FIRST, "5", 5),
        (FIRST, "0.5", 10),
        (FIRST, "0.33", 6),  # truncated
        (FIRST, "1.0", 20),
        (FIRST, "99", 20),
        (FIRST, "-3", -1),
        (FIRST, "1e999", 20),
        (SECOND, "1.5", 5),
        (SECOND, "0.5", -1),
        (SECOND, "23", 3),
        (SECOND, "5", -1),
        (OLD, "0.5", 10),
        (OLD, "1", 1),
        (OLD, "2.0", 2),
    ],
)
def test_a_point_makes_a_fraction_of_the_pass(rule: StepRule, number: str, step: int) -> None:
    assert rule.step(number) == step


def test_a_schedule_changes_after_its_step() -> None:
    tree = group("a ", scheduled("red", "blue", "5"), " cat")
    assert [text_at(tree, step, FIRST) for step in (1, 5, 6)] == ["a red cat", "a red cat", "a blue cat"]


def test_options_take_turns_from_the_first_step() -> None:
    tree = group(Alternate(options=(group("x"), group("y"), group("z"))))
    assert "".join(text_at(tree, step, FIRST) for step in range(1, 8)) == "xyzxyzx"


def test_constructs_within_constructs_are_found() -> None:
    inner, turns = scheduled("b", "c", "4"), Alternate(options=(group("x"), group("y")))
    outer = Scheduled(before=group(inner), after=group(turns), number="8")
    found = list(walk(group("a", outer)))
    assert found[0] is outer
    assert {id(each) for each in found} == {id(outer), id(inner), id(turns)}
    assert [text_at(group("a", outer), step, FIRST) for step in (4, 5, 9, 10)] == ["ab", "ac", "ax", "ay"]


def test_any_depth_is_read() -> None:
    tree = group("deep")
    for _ in range(5000):
        tree = group(Scheduled(before=tree, after=group(), number="20"))
    assert text_at(tree, 1, FIRST) == "deep"
    assert sum(1 for _ in walk(tree)) == 5000
