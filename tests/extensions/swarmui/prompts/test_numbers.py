"""Numbers of tags, and errors that show the tag."""

from __future__ import annotations

import pytest

from extensions.swarmui.prompts.numbers import numbers_of, refused
from extensions.swarmui.prompts.tags import PromptTag
from pipelines.contract.errors import InvalidRequest

TAG = PromptTag(name="segment", data="", content="face,much" + "x" * 100, whole="")


def test_what_is_no_number_is_refused() -> None:
    assert numbers_of(["0.5", "-1"], TAG) == [0.5, -1.0]
    with pytest.raises(InvalidRequest, match=r"<segment:face,muchx+> can't be done: a number is none"):
        numbers_of(["much"], TAG)


def test_long_tags_are_shown_in_part() -> None:
    assert len(str(refused(TAG, "why"))) < 150
