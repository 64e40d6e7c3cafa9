"""Prompt editing: which text at which step."""

from __future__ import annotations

import pytest

from pipelines.text.prompt.schedule import entry_at, prompt_schedule, step_rule


def scheduled(
    prompt: str, *, hires: int | None = None, old: bool = False, steps: int = 10
) -> list[tuple[int, str]]:
    rule = step_rule(steps=steps, hires_steps=hires, old=old)
    return [(entry.end, entry.text) for entry in prompt_schedule(prompt, rule)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("test", [(10, "test")]),
        ("a [b:3]", [(3, "a "), (10, "a b")]),
        ("[a:b:1]", [(1, "a"), (10, "b")]),
        ("[a:b:1.0]", [(10, "a")]),
        ("[a:b:-1]", [(10, "b")]),
        ("[a,b:3.0]", [(10, "")]),
        ("a [b: 3 ]", [(3, "a "), (10, "a b")]),
        ("a [b : c : 1] d", [(1, "a b  d"), (10, "a  c  d")]),
        ("((a][:b:c [d:3]", [(3, "((a][:b:c "), (10, "((a][:b:c d")]),
        ("[a: b :c:3]", [(10, "[a: b :c:3]")]),
        ("[a:[b:c:4]:2]", [(2, "a"), (4, "b"), (10, "c")]),
        ("([a:b:5]:1.2)", [(5, "(a:1.2)"), (10, "(b:1.2)")]),
        (r"[a\:b:c:5]", [(5, r"a\:b"), (10, "c")]),
        ("[a:b:1e1]", [(10, "a")]),
        ("[a:b:1e999]", [(10, "a")]),
        ("[a:b:-1e999]", [(10, "b")]),
    ],
)
def test_first_pass(prompt: str, expected: list[tuple[int, str]]) -> None:
    assert scheduled(prompt) == expected


def test_alternation_has_an_entry_per_step() -> None:
    texts = [text for _, text in scheduled("[fe|||]male")]
    assert texts == ["female", "male", "male", "male", "female", "male", "male", "male", "female", "male"]


def test_alternation_within_a_schedule() -> None:
    entries = scheduled("[[a|b]:c:4]")
    assert [end for end, _ in entries] == list(range(1, 11))
    assert "".join(text for _, text in entries) == "ababcccccc"


@pytest.mark.parametrize(
    "prompt", ["a | b [c:d:0.5]", "(a|b) [c:d:3]", "[a:b:3] \\", "[a|b:3]", "[a|b", "[a:b:3] \\\n"]
)
def test_a_stray_bar_or_backslash_disables_editing(prompt: str) -> None:
    assert scheduled(prompt) == [(10, prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a [b:1.5] c", [(5, "a  c"), (10, "a b c")]),
        ("[a:b:12]", [(2, "a"), (10, "b")]),
        ("[a:b:0.5]", [(10, "b")]),
    ],
)
def test_hires_pass(prompt: str, expected: list[tuple[int, str]]) -> None:
    assert scheduled(prompt, hires=10) == expected


@pytest.mark.parametrize("hires", [None, 20])
def test_old_rule_reads_small_numbers_as_fractions_in_both_passes(hires: int | None) -> None:
    assert scheduled("[a:b:0.5]", hires=hires, old=True) == [(5, "a"), (10, "b")]
    assert scheduled("[a:b:2.0]", hires=hires, old=True) == [(2, "a"), (10, "b")]


def test_an_entry_serves_one_call_more_than_its_step_says() -> None:
    assert [entry_at((3, 10), call) for call in range(12)] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0]
