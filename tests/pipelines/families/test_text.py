"""Rows of tokens and the options that count for a family's text."""

from __future__ import annotations

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import Frame, TextPlan


@pytest.mark.parametrize(("start", "length"), [(49406, 77), (None, 76)])
def test_a_row_has_an_end_and_maybe_a_start(start: int | None, length: int) -> None:
    assert Frame(content=75, start=start, end=49407, pad=0).length == length


def test_only_a_plans_own_options_are_chosen() -> None:
    plan = TextPlan(towers=(), options=("sdxl_crop_left", "sdxl_clip_l_skip"))
    options = GenerationOptions(sdxl_crop_left=3, sdxl_crop_top=4)
    assert plan.chosen(options) == (3, False)
    assert plan.chosen(GenerationOptions(sdxl_crop_left=3, sdxl_crop_top=5)) == plan.chosen(options)
