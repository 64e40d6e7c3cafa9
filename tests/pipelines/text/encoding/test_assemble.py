"""Tensors of a conditioning at each call of the network."""

from __future__ import annotations

import torch

from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.assemble import Conditioning, PromptSchedule, WeightedSchedule
from pipelines.text.encoding.encoded import Encoded


def encoded(value: float, *, chunks: int = 1, vector: bool = False) -> Encoded:
    return Encoded(
        context=torch.full((77 * chunks, 2), value), vector=torch.full((3,), value) if vector else None
    )


def constant(value: float, *, chunks: int = 1, vector: bool = False) -> PromptSchedule:
    return PromptSchedule(ends=(8,), encoded=(encoded(value, chunks=chunks, vector=vector),))


def test_rows_are_parts_image_by_image() -> None:
    first = (WeightedSchedule(schedule=constant(1)), WeightedSchedule(schedule=constant(2), weight=0.5))
    second = (WeightedSchedule(schedule=constant(3), weight=2.0),)
    conditioning = Conditioning([first, second], [constant(8), constant(9)], options=GenerationOptions())
    step = conditioning.at(0)
    assert step.context[:, 0, 0].tolist() == [1, 2, 3]
    assert step.negative_context[:, 0, 0].tolist() == [8, 9]
    assert step.parts == (((0, 1.0), (1, 0.5)), ((2, 2.0),))
    assert step.vector is None


def test_vectors_are_stacked() -> None:
    part = WeightedSchedule(schedule=constant(1, vector=True))
    step = Conditioning([(part,)], [constant(2, vector=True)], options=GenerationOptions()).at(0)
    assert step.vector is not None
    assert step.negative_vector is not None
    assert (step.vector.shape, step.negative_vector[0, 0].item()) == ((1, 3), 2)


def test_shorter_parts_repeat_their_last_row() -> None:
    parts = (WeightedSchedule(schedule=constant(1)), WeightedSchedule(schedule=constant(2, chunks=2)))
    step = Conditioning([parts], [constant(3)], options=GenerationOptions()).at(0)
    assert step.context.shape == (2, 154, 2)
    assert step.negative_context.shape == (1, 77, 2)
    assert not step.padded


def test_entries_follow_the_calls_and_the_first_serves_beyond_the_end() -> None:
    schedule = PromptSchedule(ends=(2, 4), encoded=(encoded(1), encoded(2)))
    conditioning = Conditioning(
        [(WeightedSchedule(schedule=schedule),)], [constant(0)], options=GenerationOptions()
    )
    values = [conditioning.at(call).context[0, 0, 0].item() for call in range(7)]
    assert values == [1, 1, 1, 2, 2, 1, 1]


def test_unchanged_steps_are_the_same_object() -> None:
    schedule = PromptSchedule(ends=(2, 4), encoded=(encoded(1), encoded(2)))
    conditioning = Conditioning(
        [(WeightedSchedule(schedule=schedule),)], [constant(0)], options=GenerationOptions()
    )
    assert conditioning.at(0) is conditioning.at(2)
    assert conditioning.at(2) is not conditioning.at(3)


def test_padding_options_apply_and_are_told() -> None:
    conditioning = Conditioning(
        [(WeightedSchedule(schedule=constant(1, chunks=2)),)],
        [constant(3)],
        options=GenerationOptions(pad_cond_uncond=True),
        empty=torch.zeros(77, 2),
    )
    step = conditioning.at(0)
    assert step.padded
    assert step.negative_context[0, 76:78, 0].tolist() == [3, 0]
