"""The sigma list of a pass: the scheduler, its range by options, and the pairs that name them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.sampling.flow_table import FlowTable
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from pipelines.sampling.sigma_list import SigmaList, build_sigmas
from tests.pipelines.sampling.samplers.harness import TABLE

PLAIN = GenerationOptions()
LOW, HIGH = float(TABLE.sigmas[0]), float(TABLE.sigmas[-1])


def listed(sampler: str, scheduler: str, n: int = 10, options: GenerationOptions = PLAIN) -> SigmaList:
    return build_sigmas(SAMPLER_INFOS[sampler], scheduler, n, TABLE, options)


def ends(found: SigmaList) -> list[float]:
    """The highest level and the lowest positive one."""
    return [float(found.sigmas[0]), float(found.sigmas[-2])]


def test_automatic_is_the_samplers_own_schedule_or_the_models() -> None:
    assert listed("DPM++ 2M", "Automatic").label == "Karras"
    assert listed("DPM++ 2M", "").label == "Karras"
    own = listed("Euler", "automatic")
    assert own.label is None and torch.equal(own.sigmas, TABLE.default_sigmas(10))


def test_flows_have_their_own_levels_whatever_the_sampler() -> None:
    table = FlowTable()
    found = build_sigmas(SAMPLER_INFOS["DPM++ 2M"], "Automatic", 10, table, PLAIN)
    assert found.label is None and torch.equal(found.sigmas, table.default_sigmas(10))


def test_schedules_span_the_models_levels() -> None:
    assert ends(listed("Euler", "Karras")) == pytest.approx([HIGH, LOW], rel=1e-5)
    assert listed("Euler", "Karras").infotext == ()


def test_options_change_the_range_and_are_written() -> None:
    found = listed("Euler", "Karras", options=replace(PLAIN, sigma_min=0.05, sigma_max=12.0, rho=5.0))
    assert ends(found) == pytest.approx([12.0, 0.05])
    middle = ((12.0**0.2 + 0.05**0.2) / 2) ** 5
    found = listed("Euler", "Karras", 3, replace(PLAIN, sigma_min=0.05, sigma_max=12.0, rho=5.0))
    assert float(found.sigmas[1]) == pytest.approx(middle)
    assert found.infotext == (
        ("Schedule min sigma", 0.05),
        ("Schedule max sigma", 12.0),
        ("Schedule rho", 5.0),
    )


def test_the_models_own_levels_know_no_range() -> None:
    found = listed("Euler", "Automatic", options=replace(PLAIN, sigma_min=0.05, sigma_max=12.0, rho=5.0))
    assert found.infotext == () and torch.equal(found.sigmas, TABLE.default_sigmas(10))


@pytest.mark.parametrize("rho", [0.0, 7.0])
def test_the_usual_rho_is_not_written(rho: float) -> None:
    assert listed("Euler", "Karras", options=replace(PLAIN, rho=rho)).infotext == ()
    assert listed("Euler", "Exponential", options=replace(PLAIN, rho=3.0)).infotext == ()


def test_the_old_range_of_karras_gives_way_to_the_options() -> None:
    old = replace(PLAIN, use_old_karras_scheduler_sigmas=True)
    assert ends(listed("Euler", "Karras", options=old)) == pytest.approx([10.0, 0.1])
    assert ends(listed("Euler", "Karras", options=replace(old, sigma_max=12.0))) == pytest.approx([12.0, 0.1])


def test_beta_always_writes_its_shape() -> None:
    assert listed("DPM++ 2M", "Beta").infotext == (
        ("Beta schedule alpha", 0.6),
        ("Beta schedule beta", 0.6),
    )


@pytest.mark.parametrize(
    ("sampler", "always", "discards"), [("Euler", False, 0), ("Euler", True, 1), ("DPM2", False, 1)]
)
def test_one_more_step_loses_its_last_level(sampler: str, always: bool, discards: int) -> None:
    found = listed(sampler, "Karras", 5, replace(PLAIN, always_discard_next_to_last_sigma=always))
    longer = listed("Euler", "Karras", 5 + discards).sigmas
    assert torch.equal(found.sigmas, torch.cat([longer[:5], longer[-1:]]))


def test_no_steps_are_the_last_level_alone() -> None:
    assert listed("Euler", "Karras", 0).sigmas.tolist() == [0.0]


@pytest.mark.parametrize(
    ("scheduler", "changes", "field"),
    [
        ("Nope", {}, "scheduler"),
        ("Karras", {"sigma_min": -1.0}, "options.sigma_min"),
        ("Karras", {"sigma_max": -1.0}, "options.sigma_max"),
        ("Beta", {"beta_dist_alpha": 0.0}, "options.beta_dist_alpha"),
        ("Beta", {"beta_dist_beta": -0.5}, "options.beta_dist_beta"),
    ],
)
def test_bad_values_name_their_field(scheduler: str, changes: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        listed("Euler", scheduler, options=replace(PLAIN, **changes))
    assert refused.value.field == field
