"""Arguments of samplers: request over option for eta, option over request for the s_ arguments."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn
from pipelines.sampling.sampler_arguments import stochastic_arguments, unipc_arguments
from pipelines.sampling.sampler_table import SAMPLER_INFOS

PLAIN = GenerationOptions()
EULER, EULER_A, DDIM = (SAMPLER_INFOS[name] for name in ("Euler", "Euler a", "DDIM"))


def test_eta_is_the_requests_or_else_the_options() -> None:
    options = replace(PLAIN, eta_ancestral=0.4, eta_ddim=0.7)
    assert stochastic_arguments(EULER_A, Churn(), options) == ({"eta": 0.4}, (("Eta", 0.4),))
    assert stochastic_arguments(DDIM, Churn(), options) == ({"eta": 0.7}, (("Eta DDIM", 0.7),))
    assert stochastic_arguments(EULER_A, Churn(eta=0.5), options) == ({"eta": 0.5}, (("Eta", 0.5),))


def test_the_usual_eta_is_not_written() -> None:
    assert stochastic_arguments(EULER_A, Churn(), PLAIN) == ({"eta": 1.0}, ())
    assert stochastic_arguments(DDIM, Churn(), PLAIN) == ({"eta": 0.0}, ())
    assert stochastic_arguments(DDIM, Churn(eta=1.0), PLAIN)[1] == (("Eta DDIM", 1.0),)


def test_an_option_beats_the_request_for_churn() -> None:
    request = Churn(s_churn=0.4, s_tmin=0.1, s_tmax=5.0, s_noise=1.1)
    asked = {"s_churn": 0.4, "s_tmin": 0.1, "s_tmax": 5.0, "s_noise": 1.1}
    assert stochastic_arguments(EULER, request, PLAIN) == (asked, ())
    given, pairs = stochastic_arguments(EULER, request, replace(PLAIN, s_churn=0.2, s_tmax=9.0))
    assert given == {**asked, "s_churn": 0.2, "s_tmax": 9.0}
    assert pairs == (("Sigma churn", 0.2), ("Sigma tmax", 9.0))


def test_no_wish_and_an_upper_level_of_zero_are_neutral() -> None:
    neutral = {"s_churn": 0.0, "s_tmin": 0.0, "s_tmax": inf, "s_noise": 1.0}
    assert stochastic_arguments(EULER, Churn(s_tmax=0.0), PLAIN) == (neutral, ())


def test_a_sampler_is_given_only_what_it_takes() -> None:
    request, options = Churn(eta=0.5, s_churn=0.4), replace(PLAIN, s_noise=2.0, eta_ancestral=0.3)
    assert stochastic_arguments(SAMPLER_INFOS["LMS"], request, options) == ({}, ())
    assert set(stochastic_arguments(SAMPLER_INFOS["DPM++ SDE"], request, options)[0]) == {"eta", "s_noise"}


@pytest.mark.parametrize(("order", "steps", "used"), [(3, 20, 3), (3, 2, 2), (3, 0, 1), (0, 20, 1)])
def test_unipcs_order_is_at_most_the_steps(order: int, steps: int, used: int) -> None:
    arguments, warnings = unipc_arguments(replace(PLAIN, uni_pc_order=order), steps)
    assert arguments["order"] == used
    assert len(warnings) == (used < order)


@pytest.mark.parametrize("field", ["uni_pc_variant", "uni_pc_skip_type"])
def test_unknown_ways_of_unipc_are_refused(field: str) -> None:
    with pytest.raises(InvalidRequest, match="'nope'") as refused:
        unipc_arguments(replace(PLAIN, **{field: "nope"}), 20)
    assert refused.value.field == f"options.{field}"
