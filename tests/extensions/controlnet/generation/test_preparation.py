"""Units made ready for a request: the sizes of their maps, their meaning there, their random numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from extensions.controlnet.generation.preparation import job_sizes
from extensions.controlnet.prepare.prepared import TargetSizes
from pipelines.generation.job import GenerationJob


def job(width: int, height: int, hires: tuple[int, int, int, int] | None = None) -> GenerationJob:
    """``hires``: the size before cutting, and what is cut, in pixels."""
    size = None
    if hires is not None:
        names = ("upscale_width", "upscale_height", "truncate_x", "truncate_y")
        size = SimpleNamespace(**dict(zip(names, hires, strict=True)))
    latents = SimpleNamespace(whole=lambda pixels: pixels // 8 * 8)
    plan = SimpleNamespace(width=width, height=height, hires=size)
    return cast("GenerationJob", SimpleNamespace(loaded=SimpleNamespace(latents=latents), plan=plan))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (job(512, 768), TargetSizes(base=(512, 768))),
        (job(515, 519), TargetSizes(base=(512, 512))),
        (job(512, 512, (1024, 1030, 0, 0)), TargetSizes(base=(512, 512), hires=(1024, 1024))),
        (job(512, 512, (1024, 1024, 64, 8)), TargetSizes(base=(512, 512), hires=(960, 1016))),
    ],
)
def test_maps_have_whole_cells_and_no_more_than_is_sampled(
    given: GenerationJob, expected: TargetSizes
) -> None:
    assert job_sizes(given) == expected
