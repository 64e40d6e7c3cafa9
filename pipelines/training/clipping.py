"""Keep gradients small, in the two ways that A1111 offers."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_

from pipelines.contract.training import Clipping
from pipelines.training.rates import Rates


def clip_gradients(parameters: Sequence[nn.Parameter], mode: Clipping, limit: Rates | None) -> None:
    """Bound every number, or the norm of all together, by the limit in force; None leaves them alone."""
    if limit is None:
        return
    if mode == "value":
        clip_grad_value_(parameters, limit.rate)
    elif mode == "norm":
        clip_grad_norm_(parameters, limit.rate)
