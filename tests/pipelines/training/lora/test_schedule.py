"""The schedules are diffusers' by their names."""

from __future__ import annotations

import pytest
import torch
from diffusers.optimization import get_scheduler

from pipelines.training.lora.schedule import SCHEDULES, factor


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_those_of_diffusers(name: str) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.01)
    warmup = 0 if name == "constant" else 3
    theirs = get_scheduler(
        name,
        optimizer,
        num_warmup_steps=warmup,
        num_training_steps=10,
        num_cycles=2 if "restarts" in name else 1,
    )
    for made in range(10):
        ours = factor(name, made, total=10, warmup=warmup, cycles=2 if "restarts" in name else 1, rate=0.01)
        assert ours * 0.01 == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        theirs.step()
