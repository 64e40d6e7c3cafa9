"""SDXL's sizes, with a larger or smaller original than the true one for a share of the steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from extensions.fooocus.kinds import Steering
from pipelines.plugin import ModelCall, sinusoid

if TYPE_CHECKING:
    from pipelines.plugin import LoadedModel

WIDTH = 256
NUMBERS = 6
"""Original size, crop, target size: what SDXL's vector ends with, 256 channels each."""
LAST = 999
UNIT = 64


def is_sized(model: LoadedModel) -> bool:
    """True if a model takes sizes as conditioning: SDXL does, its refiner doesn't."""
    return model.family.text.added_width == NUMBERS * WIDTH


class SizeConditioning:
    """A call hook for checkpoints whose vector ends with six numbers."""

    def __init__(self, steering: Steering, cell: int) -> None:
        self._steering = steering
        self._cell = cell

    def __call__(self, call: ModelCall) -> ModelCall:
        """The call with other sizes, by row."""
        if call.vector is None:
            return call
        height, width = (length * self._cell for length in call.x.shape[-2:])
        rows = [self._numbers(height, width, positive, call.rows.timestep) for positive in call.rows.is_cond]
        told = torch.stack([_written(row, call.vector) for row in rows])
        return replace(call, vector=torch.cat([call.vector[:, : -NUMBERS * WIDTH], told], dim=1))

    def _numbers(self, height: int, width: int, positive: bool, timestep: float) -> list[float]:
        target = [round(length / UNIT) * UNIT for length in (height, width)]
        original = list(target)
        if timestep > LAST * (1 - self._steering.adm_end):
            scale = self._steering.adm_positive if positive else self._steering.adm_negative
            original = [int(height * scale), int(width * scale)]
        return [*original, 0.0, 0.0, *target]


def _written(numbers: list[float], like: Tensor) -> Tensor:
    values = torch.tensor(numbers, dtype=like.dtype, device=like.device)
    return sinusoid(values).flatten().to(like.dtype)
