"""Steering a pass: the pass that a call belongs to, and a job that goes on without control."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from extensions.controlnet.generation.steering import is_hires, steer_pass
from pipelines.extending.typed_store import TypedStore
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling_pass import SamplingPass


def job(base: tuple[int, int], hires: tuple[int, int] | None) -> GenerationJob:
    latents = SimpleNamespace(whole=lambda pixels: pixels // 8 * 8)
    size = None
    if hires is not None:
        size = SimpleNamespace(upscale_width=hires[0], upscale_height=hires[1], truncate_x=0, truncate_y=0)
    plan = SimpleNamespace(width=base[0], height=base[1], hires=size)
    made = SimpleNamespace(loaded=SimpleNamespace(latents=latents), plan=plan, store=TypedStore())
    return cast("GenerationJob", made)


def sampling(height: int, *, hires: bool = False) -> SamplingPass:
    return cast("SamplingPass", SimpleNamespace(height=height, hires=hires))


@pytest.mark.parametrize(
    ("base", "hires", "height", "expected"),
    [
        ((64, 64), None, 64, False),
        ((64, 64), (128, 128), 64, False),
        ((64, 64), (128, 128), 128, True),
        # half way between them counts as the second pass
        ((64, 64), (128, 128), 96, True),
        ((64, 64), (128, 128), 88, False),
        ((128, 128), (64, 64), 64, True),
        # equal sizes are a tie
        ((64, 64), (64, 64), 64, True),
    ],
)
def test_passes_are_known_by_their_heights(
    base: tuple[int, int], hires: tuple[int, int] | None, height: int, expected: bool
) -> None:
    assert is_hires(job(base, hires), sampling(height)) is expected


@pytest.mark.parametrize("second", [False, True])
def test_where_widths_alone_differ_the_pass_itself_decides(second: bool) -> None:
    assert is_hires(job((64, 64), (128, 64)), sampling(64, hires=second)) is second


def test_a_job_without_units_is_not_steered() -> None:
    assert steer_pass(job((64, 64), None), sampling(64)) is None
