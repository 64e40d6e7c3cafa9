"""Sizes that SDXL is told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from extensions.fooocus.kinds import Steering
from extensions.fooocus.steering.sizes import SizeConditioning
from pipelines.denoising.model_call import Rows
from pipelines.families.sd.vector import sinusoid


@dataclass(frozen=True)
class Call:
    x: torch.Tensor
    vector: torch.Tensor | None
    rows: Rows


def rows(timestep: float) -> Rows:
    return Rows(is_cond=(True, False), image=(0, 0), call=0, sigma=1.0, timestep=timestep, fraction=0.0)


def told(timestep: float) -> tuple[torch.Tensor, torch.Tensor]:
    call: Any = Call(x=torch.zeros(2, 4, 16, 20), vector=torch.zeros(2, 8 + 6 * 256), rows=rows(timestep))
    vector = SizeConditioning(Steering(adm_end=0.3), 8)(call).vector
    assert vector is not None
    assert not vector[:, :8].any()
    return vector[0, 8:], vector[1, 8:]


def numbers(*values: float) -> torch.Tensor:
    return sinusoid(torch.tensor(values)).flatten()


def test_both_sides_hear_of_other_originals_at_first() -> None:
    positive, negative = told(900)
    assert torch.allclose(positive, numbers(192, 240, 0, 0, 128, 128))
    assert torch.allclose(negative, numbers(102, 128, 0, 0, 128, 128))


def test_then_of_the_target() -> None:
    positive, negative = told(600)
    assert torch.equal(positive, negative)
    assert torch.allclose(positive, numbers(128, 128, 0, 0, 128, 128))


def test_checkpoints_without_a_vector_hear_nothing() -> None:
    call: Any = Call(x=torch.zeros(2, 4, 16, 20), vector=None, rows=rows(900))
    assert SizeConditioning(Steering(), 8)(call) is call
