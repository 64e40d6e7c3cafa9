"""Sections of one prompt come to an end."""

from __future__ import annotations

import pytest

from extensions.swarmui.prompts.bounds import MOST_FINDERS, MOST_PARTS, check_counts, check_lengths
from pipelines.contract.errors import InvalidRequest


def test_as_many_as_allowed() -> None:
    check_counts(MOST_PARTS, MOST_FINDERS)
    check_lengths(["abc", ""], 3)
    check_lengths([], 3)


@pytest.mark.parametrize("counts", [(MOST_PARTS + 1, 0), (0, MOST_FINDERS + 1)])
def test_more_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(InvalidRequest, match="too many: at most"):
        check_counts(*counts)


def test_each_text_is_as_long_as_a_prompt_at_most() -> None:
    with pytest.raises(InvalidRequest, match=r"4 characters .* at most 3 \(see --max-prompt-length\)"):
        check_lengths(["a", "abcd"], 3)
