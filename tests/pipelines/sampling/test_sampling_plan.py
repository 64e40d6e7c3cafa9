"""Planning: step counts, starting points, arguments and infotext pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn
from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.sampling.flow_table import FlowTable
from pipelines.sampling.noise_table import LcmTable, NoiseTable
from pipelines.sampling.sampling_plan import PassRequest, SamplingPlan, plan_sampling
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive

TABLE = NoiseTable(compute_alphas_cumprod(BetaSchedule()))
NOISE = torch.full((1, 4, 2, 2), 2.0)
LATENT = torch.full((1, 4, 2, 2), 3.0)


def plan(
    sampler: str = "Euler", steps: int = 20, options: dict[str, Any] | None = None, **more: Any
) -> SamplingPlan:
    request = PassRequest(
        sampler=sampler, steps=steps, options=replace(GenerationOptions(), **(options or {})), **more
    )
    return plan_sampling(request, TABLE)


def test_automatic_is_the_samplers_own() -> None:
    assert plan("Euler").schedule_label == "Automatic"
    assert plan("DPM++ 2M").schedule_label == "Karras"
    assert plan("DPM++ 2M", scheduler="automatic").infotext == (("Schedule type", "Karras"),)
    assert plan("DPM++ 2M SDE", scheduler="SGM Uniform").schedule_label == "SGM Uniform"
    assert plan("DDIM", scheduler="Karras").schedule_label == "Automatic"


def test_discard_adds_a_step_and_drops_the_last_level() -> None:
    levels = plan("DPM2", steps=10).schedule
    assert len(levels) == 11
    assert float(levels[-2]) > float(TABLE.sigmas[0]) * 1.5
    by_option = plan("Euler", steps=10, options={"always_discard_next_to_last_sigma": True})
    assert by_option.infotext == (("Discard penultimate sigma", True),)
    assert len(by_option.schedule) == 11
    assert plan("DPM2", options={"always_discard_next_to_last_sigma": True}).infotext == (
        ("Schedule type", "Karras"),
    )


def test_hires_tells_its_schedule_when_it_differs() -> None:
    again = plan("DPM++ 2M", denoising=0.7, forced_steps=True, first_schedule="Automatic")
    assert again.infotext == (("Hires schedule type", "Karras"),)
    assert plan("DPM++ 2M", denoising=0.7, forced_steps=True, first_schedule="Karras").infotext == ()


@pytest.mark.parametrize(
    ("denoising", "forced", "first", "steps"),
    [(0.75, False, 4, 16), (0.7, True, 8, 20), (1.0, False, 0, 20), (0.0, False, 19, 1)],
)
def test_img2img_steps(denoising: float, forced: bool, first: int, steps: int) -> None:
    made = plan(denoising=denoising, forced_steps=forced)
    assert made.steps == steps
    assert len(made.schedule) == steps + 1
    assert torch.equal(made.schedule, made.full_schedule[first:])


def test_fix_steps_option_forces_them() -> None:
    made = plan(denoising=0.7, options={"img2img_fix_steps": True})
    assert (len(made.schedule), len(made.full_schedule)) == (21, 29)


def test_img2img_timesteps() -> None:
    made = plan("DDIM", denoising=0.75)
    assert made.schedule.tolist() == [1 + 50 * i for i in range(15)]
    assert (made.start_timestep, made.steps) == (751, 16)


@pytest.mark.parametrize("sampler", ["Euler", "DDIM", "UniPC", "DPM fast", "Restart"])
def test_forced_steps_without_denoising_leave_the_latent(sampler: str) -> None:
    made = plan(sampler, denoising=0.0, forced_steps=True)
    x = made.start(NOISE, LATENT)
    assert torch.equal(x, LATENT)
    with pytest.raises(StopIteration) as stop:
        next(made.run(x, lambda: NOISE))  # type: ignore[arg-type]
    assert torch.equal(stop.value.value, LATENT)


def test_timesteps() -> None:
    assert plan("DDIM", 20).schedule.tolist() == list(range(1, 1000, 50))
    assert plan("DDIM", 25).schedule.tolist() == list(range(1, 1000, 40))
    assert plan("DDIM", 30).schedule.tolist() == list(range(1, 1000, 33))
    assert len(plan("DDIM", 50, options={"always_discard_next_to_last_sigma": True}).schedule) == 53


def test_starting_points() -> None:
    sigma = float(TABLE.sigmas[-1])
    assert plan().start(NOISE).unique().item() == pytest.approx(2 * sigma)
    sgm = plan(options={"sgm_noise_multiplier": True})
    assert sgm.start(NOISE).unique().item() == pytest.approx(2 * (1 + sigma**2) ** 0.5)
    assert sgm.infotext == (("SGM noise multiplier", True),)
    assert torch.equal(plan("DDIM").start(NOISE), NOISE)


def test_img2img_starting_points() -> None:
    made = plan(denoising=0.5)
    level = float(made.schedule[0])
    assert made.start(NOISE, LATENT).unique().item() == pytest.approx(3 + 2 * level)
    flow = replace(made, table=FlowTable())
    assert flow.start(NOISE, LATENT).unique().item() == pytest.approx(3 * (1 - level) + 2 * level)
    ddim = plan("DDIM", denoising=0.5)
    alpha = float(TABLE.alphas_cumprod[501])
    expected = 3 * alpha**0.5 + 2 * (1 - alpha) ** 0.5
    assert ddim.start(NOISE, LATENT).unique().item() == pytest.approx(expected, rel=1e-5)


def test_extra_noise() -> None:
    made = plan(denoising=0.5, options={"img2img_extra_noise": 0.1})
    plain = plan(denoising=0.5)
    assert made.infotext == (("Extra noise", 0.1),)
    assert torch.allclose(made.start(NOISE, LATENT), plain.start(NOISE, LATENT) + 0.1 * NOISE)
    assert plan(options={"img2img_extra_noise": 0.1}).infotext == ()
    ddim = plan("DDIM", denoising=0.5, options={"img2img_extra_noise": 0.1})
    difference = ddim.start(NOISE, LATENT) - plan("DDIM", denoising=0.5).start(NOISE, LATENT)
    assert torch.allclose(difference, 0.1 * NOISE * TABLE.alphas_cumprod[501].sqrt(), atol=1e-6)


def test_eta() -> None:
    assert plan("Euler a").arguments == {"eta": 1.0}
    assert plan("DPM fast").arguments["eta"] == 1.0
    assert plan("Euler a", churn=Churn(eta=0.5)).infotext == (("Eta", 0.5),)
    assert plan("Euler a", churn=Churn(eta=0.5)).arguments == {"eta": 0.5}
    assert plan("DDIM", options={"eta_ddim": 0.7}).infotext == (("Eta DDIM", 0.7),)
    assert plan("Euler", churn=Churn(eta=0.5)).infotext == ()


def test_dpm_solver_ranges() -> None:
    made = plan("DPM fast", scheduler="Karras")
    assert (made.arguments["sigma_min"], made.arguments["sigma_max"], made.arguments["n"]) == (
        float(TABLE.sigmas[0]),
        float(TABLE.sigmas[-1]),
        20,
    )
    part = plan("DPM fast", denoising=0.5)
    assert part.arguments["n"] == 11
    assert part.arguments["sigma_max"] == float(part.schedule[0])
    assert part.arguments["sigma_min"] == float(part.schedule[-2])
    assert "n" not in plan("DPM adaptive").arguments


def test_brownian_range_is_that_of_the_full_list() -> None:
    made = plan("DPM++ SDE", denoising=0.3)
    assert made.sigma_range == pytest.approx((float(TABLE.sigmas[0]), float(TABLE.sigmas[-1])), rel=1e-5)
    alone = plan("DPM++ SDE", denoising=0.3, options={"no_dpmpp_sde_batch_determinism": True})
    assert alone.sigma_range[1] == float(alone.schedule[0])


def test_planned_calls() -> None:
    assert plan("Euler").planned_calls == 20
    assert plan("Heun", denoising=0.5).planned_calls == 40
    assert plan("DDIM").planned_calls == 20


def test_unipc() -> None:
    made = plan("UniPC", 2)
    assert made.arguments["order"] == 2
    assert made.warnings == ("uni_pc_order was lowered to 2, the number of steps",)
    part = plan("UniPC", denoising=0.5)
    assert part.arguments["start"] == pytest.approx(0.452)
    assert "start" not in plan("UniPC").arguments


def test_lcm_brings_its_own_table() -> None:
    made = plan("LCM", 4)
    assert isinstance(made.table, LcmTable)
    assert float(made.schedule[0]) == pytest.approx(float(TABLE.sigmas[-1]))


def flow_plan(sampler: str, steps: int = 8, **more: Any) -> SamplingPlan:
    return plan_sampling(PassRequest(sampler=sampler, steps=steps, **more), FlowTable())


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M", "Heun"])
def test_flow_models_go_by_their_own_levels_unless_asked(sampler: str) -> None:
    simple = [1, 0.95455, 0.9, 0.83333, 0.75, 0.64286, 0.5, 0.3, 0]
    made = flow_plan(sampler)
    assert made.schedule.tolist() == pytest.approx(simple, abs=1e-4)
    assert torch.equal(made.start(NOISE), NOISE)
    assert flow_plan(sampler, scheduler="Karras").schedule.tolist() != made.schedule.tolist()


@pytest.mark.parametrize(
    "sampler", ["Euler a", "DPM++ SDE", "DDIM", "UniPC", "LCM", "Restart", "DPM adaptive"]
)
def test_samplers_that_add_noise_to_a_picture_are_refused_for_flows(sampler: str) -> None:
    with pytest.raises(InvalidRequest, match=r"flow model; these do: DPM.*Euler") as caught:
        flow_plan(sampler)
    assert caught.value.field == "sampler"


def test_churn_is_ignored_for_flows_and_said() -> None:
    made = flow_plan("Euler", churn=Churn(s_churn=2.0))
    assert made.arguments["s_churn"] == 0.0
    assert "s_churn" in made.warnings[0]


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"sampler": "Nope"}, "sampler"),
        ({"scheduler": "Nope"}, "scheduler"),
        ({"steps": 0}, "steps"),
        ({"scheduler": "Karras", "options": {"sigma_min": -1.0}}, "options.sigma_min"),
        ({"scheduler": "Beta", "options": {"beta_dist_alpha": 0.0}}, "options.beta_dist_alpha"),
        ({"sampler": "UniPC", "options": {"uni_pc_variant": "x"}}, "options.uni_pc_variant"),
    ],
)
def test_bad_input_names_its_field(bad: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        plan(**bad)
    assert caught.value.field == field


def test_a_sampler_that_remembers_may_begin_anew() -> None:
    made = plan("DPM++ 2M", steps=8, anew_at=0.5)
    assert made.anew_after == 4
    assert plan("Euler", steps=8, anew_at=0.5).anew_after == 0
    assert plan("DPM++ 2M", steps=8).anew_after == 0

    def ended(some: SamplingPlan) -> tuple[torch.Tensor, list[int]]:
        final, calls = drive(some.run(some.start(NOISE), CountedNoise((1, 4, 2, 2))), denoise)
        return final, [call.step for call in calls]

    final, steps = ended(made)
    assert steps == list(range(8))
    halves = replace(made, anew_after=0, schedule=made.schedule[:5])
    middle, _ = drive(halves.run(made.start(NOISE), CountedNoise((1, 4, 2, 2))), denoise)
    rest = replace(halves, schedule=made.schedule[4:])
    assert torch.equal(final, drive(rest.run(middle, CountedNoise((1, 4, 2, 2))), denoise)[0])
    assert not torch.equal(final, ended(replace(made, anew_after=0))[0])


@pytest.mark.parametrize(("early", "left"), [(0.5, 10), (0.24, 15), (0.01, 19)])
def test_a_schedule_that_ends_early_goes_to_no_noise_from_there(early: float, left: int) -> None:
    whole, short = plan("Euler"), plan("Euler", end_early=early)
    assert torch.equal(short.schedule[:-1], whole.schedule[:left])
    assert (float(short.schedule[-1]), short.steps, short.planned_calls) == (0.0, left, 20)
    assert short.sigma_range == whole.sigma_range


def test_an_early_end_after_a_late_start() -> None:
    whole, short = plan("Euler", denoising=0.75), plan("Euler", denoising=0.75, end_early=0.5)
    assert torch.equal(short.schedule[:-1], whole.schedule[: len(short.schedule) - 1])
    assert short.steps == 10 - (20 - 16)
    with pytest.raises(InvalidRequest, match="no step") as refused:
        plan("Euler", denoising=0.25, end_early=0.9)
    assert refused.value.field == "end_early"


def test_timesteps_end_early_at_the_lowest() -> None:
    whole, short = plan("DDIM"), plan("DDIM", end_early=0.5)
    assert short.schedule.tolist() == [1, *whole.schedule.tolist()[10:]]
    assert short.steps == 10
    with pytest.raises(InvalidRequest, match="can't end early"):
        plan("DPM adaptive", end_early=0.5)
