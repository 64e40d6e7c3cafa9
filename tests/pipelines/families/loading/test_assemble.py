"""A module is filled from a file's tensors, and left as soon as its job is given up."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, CorruptFile
from pipelines.contract.heed import advancing
from pipelines.families.loading.assemble import TensorPool, fill


def meta() -> nn.Module:
    """Two layers without weights."""
    with torch.device("meta"):
        return nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))


def weights() -> dict[str, Tensor]:
    return {"0.weight": torch.ones(3, 2), "0.bias": torch.zeros(3), "1.weight": torch.ones(1, 3)}


def test_what_is_missing_is_listed_and_what_is_left_over_is_known() -> None:
    pool = TensorPool({**weights(), "more": torch.ones(1)})
    with pytest.raises(CorruptFile, match=r"the net lacks 1 tensors .*: 1\.bias"):
        fill(meta(), pool.take, dtype=torch.float32, what="net")
    assert pool.unused() == ["more"]


def test_a_filled_module_computes_in_the_format_that_was_asked() -> None:
    module = meta()
    fill(module, {**weights(), "1.bias": torch.ones(1)}.get, dtype=torch.float64, what="net")
    assert module(torch.ones(1, 2, dtype=torch.float64)).item() == 7.0
    assert not any(parameter.requires_grad for parameter in module.parameters())


def test_a_job_that_is_given_up_ends_before_the_next_tensor() -> None:
    control = JobControl()
    found: list[str] = []

    def find(name: str) -> Tensor | None:
        found.append(name)
        control.ask(Action.CANCEL)
        return weights().get(name)

    with advancing(control), pytest.raises(Cancelled):
        fill(meta(), find, dtype=torch.float32, what="net")
    assert found == ["0.weight"]
