"""Prompts with alternatives: combined, drawn at random, refused."""

from __future__ import annotations

import pytest

from extensions.invokeai.nodes.dynamic import DEEPEST, expand


def combined(prompt: str, most: int = 100) -> list[str]:
    return expand(prompt, most, combinatorial=True)


def test_alternatives_are_combined_in_order() -> None:
    assert combined("a {red|{dark|light} blue} cat") == ["a red cat", "a dark blue cat", "a light blue cat"]
    assert combined("{a|b}{c|d}") == ["ac", "ad", "bc", "bd"]
    assert combined("{a|}!") == ["a!", "!"]


def test_a_prompt_without_alternatives_is_itself() -> None:
    assert combined("a | b") == ["a | b"]
    assert combined("") == [""]


def test_combinations_end_at_the_greatest_number() -> None:
    assert combined("{a|b}{c|d}", 3) == ["ac", "ad", "bc"]
    assert combined("{a|b}" * 40, 2) == ["a" * 40, "a" * 39 + "b"]


def test_random_prompts_follow_their_seed() -> None:
    def drawn(seed: int) -> list[str]:
        return expand("{a|b}{c|{d|e}}", 20, combinatorial=False, seed=seed)

    assert drawn(1) == drawn(1) != drawn(2)
    assert set(drawn(1)) <= {"ac", "ad", "ae", "bc", "bd", "be"} and len(drawn(1)) == 20


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("{a", "not closed"),
        ("{a|", "not closed"),
        ("a}", "closes nothing"),
        ("{" * (DEEPEST + 1) + "}" * (DEEPEST + 1), "nested more than"),
    ],
)
def test_braces_that_do_not_match_are_refused(prompt: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        combined(prompt)


def test_the_greatest_depth_is_allowed() -> None:
    assert combined("{" * DEEPEST + "a" + "}" * DEEPEST) == ["a"]
