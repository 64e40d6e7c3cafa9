"""One update of UniPC: a model whose answer is a polynomial in lambda is integrated exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pipelines.sampling.unipc_update import Update, Variant, make_update
from pipelines.sampling.vp_schedule import VpSchedule
from tests.pipelines.sampling.samplers.harness import TABLE

SCHEDULE = VpSchedule(TABLE.alphas_cumprod)
TAUS = SCHEDULE.tau_of(torch.tensor([-1.0, -0.6, -0.3, 0.2]))
X = torch.tensor([0.7])
Model = Callable[[float], float]


def model_value(model: Model, tau: torch.Tensor) -> torch.Tensor:
    return torch.tensor([model(float(SCHEDULE.lambda_(tau)))])


def update_of(model: Model, order: int, variant: Variant) -> Update:
    """The update to the last time by as many earlier answers as the order."""
    history = [(tau, model_value(model, tau)) for tau in TAUS[3 - order : 3]]
    return make_update(X, history, TAUS[3], SCHEDULE, variant)


def exact(model: Model) -> float:
    """The solution at the last time: sigma_t / sigma_s x + sigma_t * integral of e^lambda m(lambda)."""
    start, end = (float(SCHEDULE.lambda_(tau)) for tau in TAUS[2:])
    grid = np.linspace(start, end, 20_001)
    values = np.exp(grid) * np.array([model(at) for at in grid])
    integral = float(np.trapezoid(values, grid))
    before, after = (float(SCHEDULE.sigma(tau)) for tau in TAUS[2:])
    return after / before * float(X) + after * integral


def constant(at: float) -> float:
    return 0.4


def quadratic(at: float) -> float:
    return 0.4 - 0.8 * at + 1.5 * at**2


@pytest.mark.parametrize("variant", ["bh1", "bh2", "vary_coeff"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_constant_answer_needs_no_history(order: int, variant: Variant) -> None:
    update = update_of(constant, order, variant)
    assert float(update.predict()) == pytest.approx(exact(constant), abs=1e-5)
    assert float(update.correct(torch.tensor([0.4]))) == pytest.approx(exact(constant), abs=1e-5)


@pytest.mark.parametrize("variant", ["bh1", "bh2", "vary_coeff"])
def test_three_answers_predict_a_quadratic(variant: Variant) -> None:
    predicted = float(update_of(quadratic, 3, variant).predict())
    assert predicted == pytest.approx(exact(quadratic), abs=1e-4)


@pytest.mark.parametrize("variant", ["bh1", "bh2"])
def test_two_answers_and_the_new_one_correct_to_a_quadratic(variant: Variant) -> None:
    update = update_of(quadratic, 2, variant)
    corrected = float(update.correct(model_value(quadratic, TAUS[3])))
    assert corrected == pytest.approx(exact(quadratic), abs=1e-4)
    assert float(update.predict()) != pytest.approx(exact(quadratic), abs=1e-3)


@pytest.mark.parametrize(("variant", "share"), [("bh1", 0.5), ("bh2", 0.5 * (1 - np.exp(-0.5)) / 0.5)])
def test_the_first_correction_is_half_of_b_times_the_change(variant: Variant, share: float) -> None:
    """Zhao et al. 2023: B(h) is h or 1 - e^-h here, where h is 0.5."""
    update = update_of(constant, 1, variant)
    alpha = float(SCHEDULE.alpha(TAUS[3]))
    change = float(update.correct(torch.tensor([1.4])) - update.predict())
    assert change == pytest.approx(alpha * 0.5 * share, abs=1e-4)
