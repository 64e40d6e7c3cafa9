"""Every name of the original means a sampler or schedule of the core."""

from __future__ import annotations

from extensions.fooocus.intent.samplers import NEAREST, SAMPLERS, SCHEDULERS, sampler_of, scheduler_of
from pipelines.sampling.sampler_names import find_scheduler
from pipelines.sampling.sampler_table import SAMPLER_INFOS


def test_names_mean_what_is_here() -> None:
    assert set(SAMPLERS.values()) <= set(SAMPLER_INFOS)
    assert all(find_scheduler(label) is not None for label in SCHEDULERS.values())


def test_what_stands_in_is_told() -> None:
    assert sampler_of("dpmpp_2m_sde_gpu") == ("dpmpp_2m_sde_gpu", "DPM++ 2M SDE", ())
    assert all(sampler_of(name)[2] for name in NEAREST)
    assert scheduler_of("turbo") == ("turbo", "Turbo", ())


def test_unknown_names_are_the_default() -> None:
    assert sampler_of("best")[:2] == ("dpmpp_2m_sde_gpu", "DPM++ 2M SDE")
    assert scheduler_of("best")[:2] == ("karras", "Karras")
    assert sampler_of("best")[2] and scheduler_of("best")[2]
