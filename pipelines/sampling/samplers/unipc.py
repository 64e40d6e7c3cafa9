"""UniPC: a multistep predictor-corrector in log signal-to-noise ratio."""

from __future__ import annotations

from torch import Tensor

from pipelines.sampling.step import Evaluate, Noise, SamplerRun
from pipelines.sampling.unipc_update import Variant, make_update
from pipelines.sampling.vp_schedule import SkipType, VpSchedule


def unipc(
    x: Tensor,
    timesteps: Tensor,
    noise: Noise,
    *,
    alphas_cumprod: Tensor,
    start: float = 1.0,
    order: int = 3,
    variant: Variant = "bh1",
    skip_type: SkipType = "time_uniform",
    lower_order_final: bool = True,
) -> SamplerRun:
    """Zhao et al., "UniPC" (2023), data prediction.

    Only the number of ``timesteps`` counts: that many model calls, on the method's own grid from
    time ``start`` in (0, 1] to 1/1000, at fractional timesteps. ``order`` is at most that number.
    """
    schedule = VpSchedule(alphas_cumprod)
    steps = len(timesteps)
    if steps == 0:
        return x
    taus = schedule.grid(skip_type, start, 1 / schedule.n, steps)
    history = [(taus[0], (yield from _predict_x0(x, taus[0], schedule, 0)))]
    for j in range(1, steps + 1):
        update = make_update(
            x, history[-_order(j, steps, order, lower_order_final) :], taus[j], schedule, variant
        )
        x = update.predict()
        if j < steps:
            m = yield from _predict_x0(x, taus[j], schedule, j)
            x = update.correct(m)
            history = [*history, (taus[j], m)][-order:]
    return x


def _order(j: int, steps: int, order: int, lower_order_final: bool) -> int:
    if j < order:
        return j
    return min(order, steps + 1 - j) if lower_order_final else order


def _predict_x0(x: Tensor, tau: Tensor, schedule: VpSchedule, step: int) -> SamplerRun:
    timestep = (tau - 1 / schedule.n) * 1000.0
    eps = yield Evaluate(x, timestep, step)
    return (x - schedule.sigma(tau) * eps) / schedule.alpha(tau)
