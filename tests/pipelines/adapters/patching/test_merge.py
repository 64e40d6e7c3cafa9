"""One network's change is added with the roundings of A1111, and its finiteness noted."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pipelines.adapters.kinds.table import find_kind
from pipelines.adapters.network_file import LayerChange
from pipelines.adapters.patching.merge import Merged, add_bias, add_change
from tests.pipelines.adapters.kinds.deltas import random


def change(parts: dict[str, Tensor]) -> LayerChange:
    kind = find_kind(parts)
    assert kind is not None
    return LayerChange(kind=kind, parts=parts)


def lora(dtype: torch.dtype = torch.float32, **more: Tensor) -> LayerChange:
    """A LoRA of rank 2 for a weight (6, 5), alpha 1: a factor of a half."""
    up, down = random(6, 2, seed=1).to(dtype), random(2, 5, seed=2).to(dtype)
    return change({"lora_up.weight": up, "lora_down.weight": down, "alpha": torch.tensor(1.0), **more})


def added(made: LayerChange, weight: Tensor, *, dyn: int | None = None, out: Tensor | None = None) -> Merged:
    return add_change(made, weight, source=weight, multiplier=0.8, dyn=dyn, out=out)


def expected(weight: Tensor, ranks: slice = slice(None)) -> Tensor:
    """The sum in float64."""
    up, down = random(6, 2, seed=1)[:, ranks].double(), random(2, 5, seed=2)[ranks].double()
    return weight.double() + 0.8 * 0.5 * up @ down


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_plain_lora_is_written_into_the_tensor_given(dtype: torch.dtype) -> None:
    weight, out = random(6, 5).to(dtype), torch.empty(6, 5, dtype=dtype)
    copy = weight.clone()
    made = added(lora(), weight, out=out)
    assert made.weight.data_ptr() == out.data_ptr()
    assert torch.equal(weight, copy)
    tolerance = 3 * torch.finfo(dtype).eps
    torch.testing.assert_close(out.double(), expected(weight), rtol=tolerance, atol=4 * tolerance)


def test_a_weight_may_be_its_own_result() -> None:
    weight = random(6, 5)
    total = expected(weight)
    added(lora(), weight, out=weight)
    torch.testing.assert_close(weight.double(), total, rtol=1e-6, atol=1e-6)


def test_dyn_keeps_the_first_ranks_and_the_scale() -> None:
    weight = random(6, 5)
    made = added(lora(), weight, dyn=1).weight.double()
    torch.testing.assert_close(made, expected(weight, slice(1)), rtol=1e-6, atol=1e-6)


def test_a_half_weight_shows_every_rounding() -> None:
    weight, out = random(6, 5).half(), torch.zeros(6, 5, dtype=torch.float16)
    up, down = random(6, 2, seed=1).half(), random(2, 5, seed=2).half()
    rounded = weight + (up.float() @ down.float()).half() * 0.5 * 0.8
    made = added(lora(torch.float16), weight, out=out)
    assert torch.equal(made.weight, rounded)
    assert not out.any()


def test_the_change_is_computed_from_the_source() -> None:
    doubling = change({"weight": torch.ones(5), "on_input": torch.tensor(True)})
    weight, source = torch.full((6, 5), 10.0), torch.ones(6, 5)
    made = add_change(doubling, weight, source=source, multiplier=1.0, dyn=None, out=None)
    assert torch.equal(made.weight, torch.full((6, 5), 11.0))


@pytest.mark.parametrize("shape", [(3, 3), (2, 6, 5)])
def test_another_shape_is_an_error(shape: tuple[int, ...]) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        added(change({"diff": torch.ones(shape)}), torch.zeros(6, 5))


def test_a_bias_changes_without_the_weight() -> None:
    parts = {"bias_bytes": torch.full((6,), 255, dtype=torch.uint8)}
    parts |= {"bias_low": torch.tensor(0.0), "bias_high": torch.tensor(2.0)}
    weight = random(6, 5)
    made = added(change(parts), weight)
    assert made.weight is weight and made.finite is None
    assert made.bias is not None
    torch.testing.assert_close(made.bias, torch.full((6,), 1.6))


@pytest.mark.parametrize(
    "spoilt",
    [
        change({"diff": torch.full((6, 5), torch.nan)}),
        lora(dora_scale=torch.full((1, 5), torch.inf)),
        change({"lora_up.weight": torch.full((6, 1), torch.inf), "lora_down.weight": torch.ones(1, 5)}),
    ],
)
def test_a_change_that_is_not_finite_is_noted(spoilt: LayerChange) -> None:
    made = added(spoilt, torch.ones(6, 5))
    assert made.finite is not None and not bool(made.finite)
    good = added(lora(), torch.ones(6, 5))
    assert good.finite is not None and bool(good.finite)


def test_a_sum_of_biases_has_the_dtype_of_the_first() -> None:
    total = add_bias(torch.ones(2, dtype=torch.float16), torch.tensor([0.25, 0.0001]))
    assert total.dtype is torch.float16
    assert total.tolist() == [1.25, 1.0]
