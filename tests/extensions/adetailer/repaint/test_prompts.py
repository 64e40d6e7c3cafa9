"""Parts of a unit's prompt, and what is put in for the picture's own."""

from __future__ import annotations

from extensions.adetailer.repaint.prompts import MaskPrompt, is_skipped, mask_prompts, of_mask


def texts(text: str) -> list[str]:
    return [prompt.text for prompt in mask_prompts(text, "a crowd")]


def test_an_empty_prompt_is_the_pictures() -> None:
    assert mask_prompts("", "a crowd") == [MaskPrompt(text="a crowd")]


def test_parts_are_those_of_the_masks_in_order() -> None:
    assert texts("a man [SEP] a woman[SEP][PROMPT], old") == ["a man", "a woman", "a crowd, old"]
    assert texts("a man [SEP] [SEP] a child") == ["a man", "a crowd", "a child"]


def test_the_last_part_is_that_of_all_further_masks() -> None:
    prompts = mask_prompts("a man [SEP] a woman", "a crowd")
    assert [of_mask(prompts, index).text for index in range(4)] == ["a man", "a woman", "a woman", "a woman"]


def test_a_mask_may_be_skipped() -> None:
    assert [is_skipped(prompt) for prompt in mask_prompts("[SKIP] [SEP] a man", "x")] == [True, False]


def test_only_texts_without_the_pictures_own_need_styles() -> None:
    assert [prompt.bare for prompt in mask_prompts("a man[SEP][PROMPT][SEP]", "x")] == [True, False, False]
