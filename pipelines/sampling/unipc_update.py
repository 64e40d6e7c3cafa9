"""One update of UniPC: predictor and corrector coefficients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from pipelines.sampling.vp_schedule import VpSchedule

Variant = Literal["bh1", "bh2", "vary_coeff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """x at the next time as base + sum of weights times differences of model values.

    ``differences`` are (m_i - m_0) / r_i of earlier model values. ``predictor`` weighs them alone;
    ``corrector`` has one more weight, for the new value minus ``newest``.
    """

    base: Tensor
    newest: Tensor
    differences: tuple[Tensor, ...]
    predictor: tuple[Tensor, ...]
    corrector: tuple[Tensor, ...]

    def predict(self) -> Tensor:
        """The state from earlier model values alone."""
        return self._add(self.differences, self.predictor)

    def correct(self, model_value: Tensor) -> Tensor:
        """The state once the model was evaluated at the prediction."""
        return self._add((*self.differences, model_value - self.newest), self.corrector)

    def _add(self, terms: tuple[Tensor, ...], weights: tuple[Tensor, ...]) -> Tensor:
        x = self.base
        for term, weight in zip(terms, weights, strict=True):
            x = x - weight * term
        return x


def make_update(
    x: Tensor,
    history: list[tuple[Tensor, Tensor]],
    tau: Tensor,
    schedule: VpSchedule,
    variant: Variant,
) -> Update:
    """The update of order len(history) from the last state x to time ``tau``.

    ``history`` holds (time, predicted x0) pairs, newest last.
    """
    tau_0, m_0 = history[-1]
    lambda_0 = schedule.lambda_(tau_0)
    h = schedule.lambda_(tau) - lambda_0
    older = history[-2::-1]
    ratios = [(schedule.lambda_(t) - lambda_0) / h for t, _ in older]
    weigh = _varying_weights if variant == "vary_coeff" else _bh_weights
    predictor, corrector = weigh(torch.stack([*ratios, torch.ones(())]), -h, variant)
    alpha = schedule.alpha(tau)
    return Update(
        base=(schedule.sigma(tau) / schedule.sigma(tau_0)) * x - alpha * torch.expm1(-h) * m_0,
        newest=m_0,
        differences=tuple((m - m_0) / r for (_, m), r in zip(older, ratios, strict=True)),
        predictor=tuple(alpha * predictor),
        corrector=tuple(alpha * corrector),
    )


def _bh_weights(r: Tensor, hh: Tensor, variant: Variant) -> tuple[Tensor, Tensor]:
    """Weights of Zhao et al., "UniPC" (2023), theorem 3.1, with B(h) = h (bh1) or e^h - 1 (bh2).

    ``r`` (p,) are the relative distances in lambda of the model values, the last being 1.
    """
    order = len(r)
    b_of_h = hh if variant == "bh1" else torch.expm1(hh)
    rows: list[Tensor] = []
    values: list[Tensor] = []
    phi, factorial = torch.expm1(hh) / hh - 1, 1
    for i in range(1, order + 1):
        rows.append(r ** (i - 1))
        values.append(phi * factorial / b_of_h)
        factorial *= i + 1
        phi = phi / hh - 1 / factorial
    matrix, right = torch.stack(rows), torch.stack(values)
    half = torch.full((1,), 0.5)
    predictor = half if order == 2 else _solve(matrix[:-1, :-1], right[:-1])
    corrector = half if order == 1 else _solve(matrix, right)
    return b_of_h * predictor, b_of_h * corrector


def _solve(matrix: Tensor, right: Tensor) -> Tensor:
    return torch.linalg.solve(matrix, right) if len(right) else right


def _varying_weights(r: Tensor, hh: Tensor, variant: Variant) -> tuple[Tensor, Tensor]:
    """Weights of UniPC's varying-coefficient form (appendix of the paper).

    The corrector's last weight comes from row max(p - 2, 0), as in the published code.
    """
    order = len(r)
    columns = [torch.ones(order)]
    for k in range(1, order):
        columns.append(columns[-1] * r / (k + 1))
    c = torch.stack(columns, dim=1)
    phis = [torch.expm1(hh)]
    for k in range(1, order + 1):
        phis.append(phis[-1] / hh - 1 / math.factorial(k))
    phi = torch.stack(phis)
    inverse = torch.linalg.inv(c)
    inner = torch.linalg.inv(c[:-1, :-1]) if order > 1 else c[:0, :0]
    corrector = phi[1:order] @ inverse[: order - 1, : order - 1]
    last = phi[order] * inverse[max(order - 2, 0), order - 1]
    return phi[1:order] @ inner, torch.cat([corrector, last.reshape(1)])
