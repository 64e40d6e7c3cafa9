"""Equal lengths of prompt and negative prompt."""

from __future__ import annotations

import torch

from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.padding import pad_context, repeat_last_row

SHORT, LONG = torch.rand(1, 77, 4), torch.rand(2, 231, 4)
EMPTY = torch.rand(77, 4)


def test_default_leaves_lengths_alone() -> None:
    context, negative = pad_context(SHORT, LONG, EMPTY, GenerationOptions())
    assert context is SHORT
    assert negative is LONG


def test_equal_lengths_are_never_touched() -> None:
    options = GenerationOptions(pad_cond_uncond=True, pad_cond_uncond_v0=True)
    context, negative = pad_context(LONG, LONG, EMPTY, options)
    assert context is negative is LONG


def test_v0_repeats_or_cuts_the_negative_side_and_wins() -> None:
    options = GenerationOptions(pad_cond_uncond=True, pad_cond_uncond_v0=True)
    _, longer = pad_context(LONG, SHORT, EMPTY, options)
    assert longer.shape == (1, 231, 4)
    assert torch.equal(longer[:, 77:], SHORT[:, -1:].expand(-1, 154, -1))
    context, shorter = pad_context(SHORT, LONG, EMPTY, options)
    assert context is SHORT
    assert torch.equal(shorter, LONG[:, :77])


def test_empty_prompts_extend_the_shorter_side() -> None:
    options = GenerationOptions(pad_cond_uncond=True)
    for context, negative in (
        pad_context(LONG, SHORT, EMPTY, options),
        pad_context(SHORT, LONG, EMPTY, options),
    ):
        assert context.shape[1] == negative.shape[1] == 231
        extended = context if context.shape[0] == 1 else negative
        assert torch.equal(extended[0, 77:], torch.cat([EMPTY, EMPTY]))


def test_without_an_empty_prompt_nothing_happens() -> None:
    assert pad_context(SHORT, LONG, None, GenerationOptions(pad_cond_uncond=True))[0] is SHORT


def test_rows_of_a_composition_repeat_their_last() -> None:
    rows = repeat_last_row(EMPTY, 154)
    assert torch.equal(rows[77:], EMPTY[-1:].expand(77, -1))
    assert repeat_last_row(EMPTY, 77) is EMPTY
