"""A line of tags by A1111's options: threshold, order, spelling, filter, ranks."""

from __future__ import annotations

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.postprocess.interrogate.tags import tag_line


def test_tags_are_written_as_the_options_say() -> None:
    found = {"red_(color)": 0.9, "apple": 0.6, "rating:safe": 0.99, "sky": 0.4, "cat_ears": 0.7}
    assert tag_line(found, GenerationOptions()) == r"apple, cat ears, red \(color\)"
    by_score = GenerationOptions(
        deepbooru_sort_alpha=False, deepbooru_use_spaces=False, deepbooru_escape=False
    )
    assert tag_line(found, by_score) == "red_(color), cat_ears, apple"
    filtered = GenerationOptions(deepbooru_filter_tags="cat ears, apple", interrogate_return_ranks=True)
    assert tag_line(found, filtered) == r"(red \(color\):0.900)"


@pytest.mark.parametrize(("threshold", "line"), [(0.5, "at, over"), (0.51, "over"), (1.0, "")])
def test_the_threshold_itself_is_enough(threshold: float, line: str) -> None:
    options = GenerationOptions(interrogate_deepbooru_score_threshold=threshold)
    assert tag_line({"over": 0.9, "at": 0.5, "under": 0.2}, options) == line


def test_backslashes_and_both_brackets_are_escaped() -> None:
    assert tag_line({"a\\b_(c)": 0.9}, GenerationOptions()) == r"a\\b \(c\)"
    assert tag_line({"(c)": 0.9}, GenerationOptions(deepbooru_escape=False)) == "(c)"


def test_filters_match_whole_tags() -> None:
    options = GenerationOptions(deepbooru_filter_tags=" cat ,long hair")
    assert tag_line({"cat": 0.9, "cat_ears": 0.8, "long_hair": 0.7}, options) == "cat ears"
