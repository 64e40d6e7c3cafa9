"""Schedules begin and end where diffusers' would."""

from __future__ import annotations

import pytest
import torch
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

from extensions.invokeai.drawing.schedules import plan_denoising
from pipelines.sampling.noise_table import NoiseTable

BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
TABLE = NoiseTable((1 - BETAS).cumprod(0))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers' own
@pytest.mark.parametrize("karras", [False, True])
def test_levels_are_those_of_diffusers(karras: bool) -> None:
    theirs = EulerDiscreteScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        timestep_spacing="leading",
        steps_offset=1,
        use_karras_sigmas=karras,
    )
    theirs.set_timesteps(8)
    ours = plan_denoising("euler_k" if karras else "euler", 8, 0.0, 1.0, TABLE).plan
    assert torch.allclose(ours.schedule, theirs.sigmas, rtol=1e-3)


def test_a_part_of_the_way_is_a_part_of_the_schedule() -> None:
    whole = plan_denoising("euler", 10, 0.0, 1.0, TABLE).plan.schedule
    late = plan_denoising("euler", 10, 0.5, 1.0, TABLE).plan
    early = plan_denoising("euler", 10, 0.0, 0.5, TABLE).plan
    assert (late.steps, early.steps) == (5, 5)
    assert torch.equal(late.schedule, whole[5:])
    assert torch.equal(early.schedule, whole[:6])
    assert plan_denoising("euler", 10, 1.0, 1.0, TABLE).start is None


def test_timestep_samplers_walk_from_the_end() -> None:
    plan = plan_denoising("ddim", 4, 0.25, 1.0, TABLE)
    assert plan.plan.schedule.tolist() == [1, 251, 501]
    assert plan.start is not None and int(plan.start) == 501


def test_stand_ins_say_so() -> None:
    assert plan_denoising("tcd", 4, 0, 1, TABLE).warnings == (
        "the scheduler tcd isn't here: LCM takes its place",
    )
