"""Merging and restoring weights: exact, in order, and only where something changed."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipelines.adapters.kinds.table import find_kind
from pipelines.adapters.network_file import LayerChange
from pipelines.adapters.patching import weights
from pipelines.adapters.patching.weights import Step, WeightPatcher


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def change(**parts: Tensor) -> LayerChange:
    named = {name.replace("__", "."): tensor for name, tensor in parts.items()}
    kind = find_kind(named)
    assert kind is not None
    return LayerChange(kind=kind, parts=named)


def lora(seed: int, rows: int = 6, columns: int = 5) -> LayerChange:
    up, down = random(rows, 2, seed=seed), random(2, columns, seed=seed + 100)
    return change(lora_up__weight=up, lora_down__weight=down, alpha=torch.tensor(1.0))


def step(made: LayerChange, *, name: str = "n", multiplier: float = 1.0, version: int = 0) -> Step:
    return Step(network=name, change=made, multiplier=multiplier, dyn=None, version=version)


def linear(dtype: torch.dtype = torch.float32, *, bias: bool = True) -> nn.Linear:
    layer = nn.Linear(5, 6, bias=bias)
    layer.weight.data = random(6, 5, seed=7).to(dtype)
    if bias:
        layer.bias.data = random(6, seed=8).to(dtype)
    return layer.requires_grad_(False)


def merged(layer: nn.Linear, steps: Sequence[Step]) -> Tensor:
    WeightPatcher({"a": layer}).apply({"a": steps})
    return layer.weight.data


def test_lora_is_added_with_scale_and_strength() -> None:
    layer, made = linear(), lora(1)
    product = made.parts["lora_up.weight"].numpy() @ made.parts["lora_down.weight"].numpy()
    expected = layer.weight.numpy().copy() + product * 0.5 * 0.8
    np.testing.assert_allclose(merged(layer, [step(made, multiplier=0.8)]), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_restoring_brings_the_very_same_memory_back(dtype: torch.dtype) -> None:
    layer = linear(dtype)
    weight, bias, copy = layer.weight.data_ptr(), layer.bias.data_ptr(), layer.weight.clone()
    patcher = WeightPatcher({"a": layer})
    for seed in range(3):
        made = change(diff=random(6, 5, seed=seed), diff_b=random(6, seed=seed))
        patcher.apply({"a": [step(lora(seed)), step(made)]})
        assert not torch.equal(layer.weight, copy)
    patcher.apply({})
    assert (layer.weight.data_ptr(), layer.bias.data_ptr()) == (weight, bias)
    assert torch.equal(layer.weight, copy)


def test_original_memory_is_never_written() -> None:
    layer = linear()
    original, copy = layer.weight.data, layer.weight.clone()
    patcher = WeightPatcher({"a": layer})
    for number in range(4):
        patcher.apply({"a": [step(lora(number), multiplier=number), step(lora(9))]})
        patcher.apply({} if number % 2 else {"a": [step(lora(number))]})
    assert torch.equal(original, copy)


def test_equal_plan_computes_nothing() -> None:
    layer = linear()
    patcher = WeightPatcher({"a": layer})
    patcher.apply({"a": [step(lora(1))]})
    memory = layer.weight.data_ptr()
    layer.weight.data.fill_(3.0)
    patcher.apply({"a": [step(lora(1))]})
    assert layer.weight.data_ptr() == memory and bool((layer.weight == 3.0).all())
    patcher.apply({"a": [step(lora(1), version=1)]})
    assert not bool((layer.weight == 3.0).all())


def test_result_does_not_depend_on_what_was_merged_before() -> None:
    fresh = merged(linear(), [step(lora(2)), step(lora(3))])
    layer = linear()
    patcher = WeightPatcher({"a": layer})
    for plan in ([step(lora(1))], [step(lora(5)), step(lora(6))], []):
        patcher.apply({"a": plan} if plan else {})
    patcher.apply({"a": [step(lora(2)), step(lora(3))]})
    assert torch.equal(layer.weight, fresh)


def test_half_precision_rounds_after_every_network_in_order() -> None:
    layer, first, second = linear(torch.float16), lora(1), lora(2)
    expected = layer.weight.data
    for made in (first, second):
        up, down = (made.parts[f"lora_{side}.weight"].half() for side in ("up", "down"))
        expected = expected + (up.float() @ down.float()).half() * 0.5 * 0.7
    steps = [step(first, multiplier=0.7), step(second, multiplier=0.7)]
    assert torch.equal(merged(layer, steps), expected)
    assert not torch.equal(merged(linear(torch.float16), steps[::-1]), expected)


def test_types_that_look_at_the_weight_see_earlier_networks() -> None:
    scaling = change(weight=random(5, seed=3), on_input=torch.tensor(True))
    layer = linear()
    base = layer.weight.numpy().copy()
    made = lora(1)
    after = base + made.parts["lora_up.weight"].numpy() @ made.parts["lora_down.weight"].numpy() * 0.5
    expected = after * (1 + scaling.parts["weight"].numpy())
    np.testing.assert_allclose(merged(layer, [step(made), step(scaling)]), expected, rtol=1e-4, atol=1e-5)


def test_half_precision_file_rounds_a_float32_weight() -> None:
    layer, made = linear(), change(diff=random(6, 5).half())
    expected = (layer.weight.half() + made.parts["diff"]).float()
    assert torch.equal(merged(layer, [step(made)]), expected)


def test_bias_may_come_into_being_and_goes_again() -> None:
    layer = linear(bias=False)
    patcher = WeightPatcher({"a": layer})
    patcher.apply({"a": [step(change(diff=random(6, 5), diff_b=random(6)), multiplier=0.5)]})
    assert torch.equal(layer.bias.data, random(6) * 0.5)
    patcher.apply({})
    assert layer.bias is None


@pytest.mark.parametrize(
    "bad",
    [
        change(diff=torch.ones(3, 3)),
        change(diff=torch.full((6, 5), float("nan"))),
        change(lora_up__weight=torch.full((6, 1), float("inf")), lora_down__weight=torch.ones(1, 5)),
        lora(1, rows=4),
    ],
)
def test_a_layer_that_does_not_fit_is_counted_and_skipped(bad: LayerChange) -> None:
    layer, expected = linear(), merged(linear(), [step(lora(2))])
    patcher = WeightPatcher({"a": layer})
    plan = {"a": [step(bad, name="bad"), step(lora(2), name="good")]}
    assert patcher.apply(plan) == {"bad": ["a"]}
    assert patcher.apply(plan) == {"bad": ["a"]}
    assert torch.equal(layer.weight, expected)


def test_what_a_bad_network_spoils_is_computed_again_without_it() -> None:
    bad = change(diff=torch.full((6, 5), float("inf")))
    sees_weight = change(weight=random(5, seed=3), on_input=torch.tensor(True))
    good = [step(sees_weight, name="first"), step(lora(2), name="second")]
    layer, expected = linear(), merged(linear(), good)
    patcher = WeightPatcher({"a": layer})
    assert patcher.apply({"a": [step(bad, name="bad"), *good]}) == {"bad": ["a"]}
    assert torch.equal(layer.weight, expected)
    assert patcher.apply({"a": good}) == {}


def test_memory_stays_flat_when_networks_are_exchanged() -> None:
    layer = linear()
    patcher = WeightPatcher({"a": layer}, spare_bytes=10**6)
    seen: set[int] = set()
    for number in range(100):
        patcher.apply({"a": [step(lora(number % 3), multiplier=number)]} if number % 5 else {})
        seen.add(layer.weight.data_ptr())
    assert len(seen) == 2


def test_a_gpu_short_of_memory_keeps_originals_in_ram(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, fresh = linear(), merged(linear(), [step(lora(2)), step(lora(3))])
    copy, original = layer.weight.clone(), layer.weight.data_ptr()
    monkeypatch.setattr(weights, "_put_by", Tensor.clone)
    patcher = WeightPatcher({"a": layer})
    patcher.apply({"a": [step(lora(1))]})
    patcher.apply({"a": [step(lora(2)), step(lora(3))]})
    assert torch.equal(layer.weight, fresh)
    patcher.apply({})
    assert torch.equal(layer.weight, copy) and layer.weight.data_ptr() != original
