"""Every name of k-diffusion means a sampler or schedule that is here."""

from __future__ import annotations

from dataclasses import fields

from pipelines.contract.options import GenerationOptions
from pipelines.sampling.kdiffusion_names import KDIFFUSION_OPTIONS, KDIFFUSION_SAMPLERS, KDIFFUSION_SCHEDULES
from pipelines.sampling.sampler_names import find_sampler, find_scheduler


def test_names_mean_what_is_here() -> None:
    assert all(find_sampler(label) is not None for label in KDIFFUSION_SAMPLERS.values())
    assert all(find_scheduler(label) is not None for label in KDIFFUSION_SCHEDULES.values())


def test_options_belong_to_names_and_exist() -> None:
    assert set(KDIFFUSION_OPTIONS) <= set(KDIFFUSION_SAMPLERS)
    known = {field.name for field in fields(GenerationOptions)}
    assert all(set(options) <= known for options in KDIFFUSION_OPTIONS.values())
