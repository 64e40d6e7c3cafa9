"""One rate for all that is trained."""

from __future__ import annotations

import torch
from torch import nn

from pipelines.training.trainee import set_rate


def test_every_group_gets_the_rate() -> None:
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (0.1, 0.2)]
    optimizer = torch.optim.AdamW(groups)
    assert set_rate(optimizer, 0.5) == 0.5
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.5]
