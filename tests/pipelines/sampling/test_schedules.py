"""Every scheduler against the known lists for ten steps."""

from __future__ import annotations

import pytest
import torch

from pipelines.contract.errors import InvalidRequest
from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.families.sd.sd1 import SD_ALIGNED
from pipelines.families.sd.sdxl import SDXL_ALIGNED
from pipelines.sampling.flow_table import FlowTable
from pipelines.sampling.noise_table import LcmTable, NoiseTable, SigmaTable
from pipelines.sampling.schedules import SCHEDULERS, ScheduleRange

TABLE = NoiseTable(compute_alphas_cumprod(BetaSchedule()), aligned_levels=SD_ALIGNED)
LOW, HIGH = float(TABLE.sigmas[0]), float(TABLE.sigmas[-1])
EXPECTED = {
    "uniform": "14.61464 7.83988 4.60917 2.91831 1.95016 1.34493 0.93236 0.62498 0.36866 0.02917 0",
    "normal": "14.61464 7.83988 4.60917 2.91831 1.95016 1.34493 0.93236 0.62498 0.36866 0.02917 0",
    "karras": "14.61464 9.10293 5.4784 3.16861 1.74942 0.91408 0.44692 0.2014 0.08191 0.02917 0",
    "exponential": "14.61464 7.32488 3.67124 1.84003 0.92223 0.46222 0.23167 0.11611 0.0582 0.02917 0",
    "polyexponential": "14.61464 7.32488 3.67124 1.84003 0.92223 0.46222 0.23167 0.11611 0.0582 0.02917 0",
    "sgm_uniform": "14.61464 8.30717 5.09241 3.32507 2.27973 1.61558 1.16286 0.83188 0.57119 0.3437 0",
    "kl_optimal": "14.61464 4.56504 2.63289 1.78645 1.29477 0.96159 0.71163 0.50942 0.33564 0.17835 0.02917",
    "align_your_steps": "14.615 6.11351 3.56511 2.39387 1.64996 1.13579 0.74252 0.44501 0.16921 0.029 0",
    "simple": "14.61464 8.3028 5.08776 3.32108 2.27646 1.61289 1.16058 0.82986 0.56928 0.34167 0",
    "ddim": "8.39068 5.13443 3.34776 2.29285 1.62369 1.16822 0.83565 0.57405 0.34619 0.04131 0",
    "beta": "14.61464 13.92779 12.49098 10.59761 8.44244 6.20137 4.0462 2.15283 0.71602 0.02917 0",
}


def build(name: str, n: int, table: SigmaTable = TABLE) -> torch.Tensor:
    scheduler = SCHEDULERS[name]
    limits = ScheduleRange(sigma_min=LOW, sigma_max=HIGH, table=table, rho=scheduler.info.default_rho)
    return scheduler.build(n, limits)


@pytest.mark.parametrize("name", EXPECTED)
def test_ten_steps(name: str) -> None:
    assert build(name, 10).tolist() == pytest.approx([float(v) for v in EXPECTED[name].split()], abs=1e-4)


def test_align_your_steps_for_sdxl() -> None:
    sdxl = NoiseTable(TABLE.alphas_cumprod, aligned_levels=SDXL_ALIGNED)
    expected = [14.615, 5.9634, 3.33897, 1.85505, 1.10233, 0.67496, 0.43114, 0.26062, 0.12252, 0.029, 0]
    assert build("align_your_steps", 10, sdxl).tolist() == pytest.approx(expected, abs=1e-4)
    assert build("align_your_steps", 11)[1].item() == pytest.approx(6.475)


def test_align_your_steps_needs_levels_of_the_model() -> None:
    with pytest.raises(InvalidRequest, match="Align Your Steps") as caught:
        build("align_your_steps", 10, FlowTable())
    assert caught.value.field == "scheduler"


def test_turbo_goes_in_tenths_until_there_are_more() -> None:
    timesteps = TABLE.sigma_to_t(build("turbo", 4)[:-1])
    assert timesteps.tolist() == pytest.approx([999, 899, 799, 699], abs=0.1)
    assert TABLE.sigma_to_t(build("turbo", 20)[:3]).tolist() == pytest.approx([999, 949, 899], abs=0.1)


def test_ddim_may_be_longer_than_asked() -> None:
    assert len(build("ddim", 30)) == 32


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("n", [1, 2, 25])
def test_levels_fall(name: str, n: int) -> None:
    levels = build(name, n)
    assert levels.dtype == torch.float32
    assert bool((levels.diff() < 0).all())
    assert bool(levels.isfinite().all())
    assert len(levels) == n + 1


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_works_on_the_lcm_table(name: str) -> None:
    table = LcmTable.of(TABLE)
    limits = ScheduleRange(
        sigma_min=float(table.sigmas[0]), sigma_max=float(table.sigmas[-1]), table=table, rho=7.0
    )
    levels = SCHEDULERS[name].build(4, limits)
    assert bool((levels.diff() < 0).all())
