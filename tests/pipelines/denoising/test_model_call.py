"""Calls of the network share a batch if model, patches and shapes agree and no hook is theirs alone."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import torch

from pipelines.denoising.model_call import ModelCall
from pipelines.families.model import Residuals
from pipelines.families.patches import Patches
from tests.pipelines.denoising.answering import NumberNetwork, X, a_call, rows_of

NETWORK = NumberNetwork()


def unchanged(call: ModelCall, output: torch.Tensor) -> torch.Tensor:
    return output


def test_calls_that_differ_in_rows_and_numbers_share_a_batch() -> None:
    more = a_call(NETWORK, 5.0, x=X.repeat(3, 1, 1, 1), context=rows_of([1.0, 2.0, 3.0]))
    assert a_call(NETWORK).batch_key == more.batch_key


@pytest.mark.parametrize(
    "changes",
    [
        {"model": NumberNetwork().model},
        {"patches": Patches(tiling=True)},
        {"x": torch.zeros(1, 1, 2, 1)},
        {"context": rows_of([0.0], tokens=2)},
        {"vector": torch.zeros(1, 4)},
    ],
)
def test_another_network_or_shape_is_another_batch(changes: dict[str, Any]) -> None:
    assert a_call(NETWORK).batch_key != a_call(NETWORK, **changes).batch_key


@pytest.mark.parametrize(
    "changes",
    [
        {"attention": (nullcontext(),)},
        {"outputs": (unchanged,)},
        {"residuals": Residuals(skips=(), middle=X)},
    ],
)
def test_a_hooked_call_is_alone_even_beside_its_like(changes: dict[str, Any]) -> None:
    one, other = a_call(NETWORK, **changes), a_call(NETWORK, **changes)
    assert one.batch_key != other.batch_key
    assert one.batch_key == one.batch_key
