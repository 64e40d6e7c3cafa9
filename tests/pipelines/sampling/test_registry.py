"""Every row of the tables has a function of its own."""

from __future__ import annotations

from pipelines.sampling.registry import sampler_of
from pipelines.sampling.sampler_table import SAMPLER_INFOS, SCHEDULER_INFOS
from pipelines.sampling.schedules import SCHEDULERS


def test_every_row_has_a_function() -> None:
    assert all(callable(sampler_of(row).run) for row in SAMPLER_INFOS.values())
    assert list(SCHEDULERS) == list(SCHEDULER_INFOS)
    assert len({sampler_of(row).run for row in SAMPLER_INFOS.values()}) == len(SAMPLER_INFOS)
