"""Answer model calls, those that fit together in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import torch
from torch import Tensor

from pipelines.denoising.model_call import ModelCall


def group_calls(calls: Sequence[ModelCall]) -> list[list[int]]:
    """Group the indices of calls that may share a batch, in the order of their first member."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, call in enumerate(calls):
        groups.setdefault(call.batch_key, []).append(index)
    return list(groups.values())


def evaluate(calls: Sequence[ModelCall]) -> list[Tensor]:
    """Evaluate the calls of one group, and return the network's output for each, (rows, C, h, w)."""
    first = calls[0]
    first.model.apply(first.patches)
    if len(calls) == 1:
        return [_forward(first)]
    output = first.model.predict(
        torch.cat([c.x for c in calls]),
        torch.cat([c.timesteps for c in calls]),
        torch.cat([c.context for c in calls]),
        None if first.vector is None else torch.cat([c.vector for c in calls if c.vector is not None]),
    )
    return list(output.split([len(c.x) for c in calls]))


def _forward(call: ModelCall) -> Tensor:
    with ExitStack() as stack:
        for attention in call.attention:
            stack.enter_context(attention)
        asked = call.x, call.timesteps, call.context, call.vector, call.residuals
        output = call.model.predict(*asked, hooked=bool(call.attention))
    for change in call.outputs:
        output = change(call, output)
    return output
