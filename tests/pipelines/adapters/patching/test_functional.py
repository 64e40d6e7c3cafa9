"""Networks that run beside a layer: the merged weights answer what the layer and they would together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from pipelines.adapters.kinds.table import find_kind
from pipelines.adapters.network_file import LayerChange
from pipelines.adapters.patching.functional import functional_change
from pipelines.adapters.patching.weights import Step, WeightPatcher


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def change(parts: Mapping[str, Tensor]) -> LayerChange:
    kind = find_kind(parts)
    assert kind is not None
    return LayerChange(kind=kind, parts=parts)


def applied(layer: nn.Module, *changes: LayerChange, functional: bool = True) -> nn.Module:
    steps = [
        Step(
            network=str(number),
            change=functional_change(one) if functional else one,
            multiplier=0.7,
            dyn=None,
            version=0,
            functional=functional,
        )
        for number, one in enumerate(changes)
    ]
    patcher = WeightPatcher({"a": layer})
    assert patcher.apply({"a": steps}) == {}
    return layer


def linear() -> nn.Linear:
    layer = nn.Linear(5, 6)
    layer.weight.data, layer.bias.data = random(6, 5, seed=7), random(6, seed=8)
    return layer.requires_grad_(False)


LORA = {
    "lora_up.weight": random(6, 2, seed=1),
    "lora_down.weight": random(2, 5, seed=2),
    "alpha": torch.tensor(1.0),
}
X = random(3, 5, seed=3)


@pytest.mark.parametrize("more", [{}, {"dora_scale": random(1, 5, seed=4)}, {"bias": random(30, seed=5)}])
def test_a_lora_answers_up_of_down_alone(more: dict[str, Tensor]) -> None:
    beside = X @ LORA["lora_down.weight"].T @ LORA["lora_up.weight"].T
    expected = linear()(X) + beside * 0.5 * 0.7
    torch.testing.assert_close(applied(linear(), change({**LORA, **more}))(X), expected)


def test_names_of_peft_mean_the_same() -> None:
    peft = {"lora_B.weight": LORA["lora_up.weight"], "lora_A.weight": LORA["lora_down.weight"]}
    plain = {name: part for name, part in LORA.items() if name != "alpha"}
    one, other = applied(linear(), change(peft)), applied(linear(), change(plain))
    torch.testing.assert_close(one(X), other(X))


@pytest.mark.parametrize("kernel", [1, 3])
def test_the_middle_of_a_convolution_is_left_out(kernel: int) -> None:
    layer = nn.Conv2d(5, 6, kernel, padding=kernel // 2).requires_grad_(False)
    parts = {
        "lora_up.weight": random(6, 2, 1, 1, seed=1),
        "lora_down.weight": random(2, 5, 1, 1, seed=2),
        "lora_mid.weight": random(2, 2, kernel, kernel, seed=3),
    }
    x = random(1, 5, 4, 4, seed=4)
    down = nn.functional.conv2d(x, parts["lora_down.weight"])
    expected = layer(x) + nn.functional.conv2d(down, parts["lora_up.weight"]) * 0.7
    torch.testing.assert_close(applied(layer, change(parts))(x), expected, rtol=1e-4, atol=1e-5)


def test_other_types_go_by_the_untouched_weight() -> None:
    ia3 = change({"weight": random(6, seed=5), "on_input": torch.tensor(False)})
    both = linear()(X) @ torch.eye(6)
    for one in (change(LORA), ia3):
        both = both + applied(linear(), one)(X) - linear()(X)
    torch.testing.assert_close(applied(linear(), change(LORA), ia3)(X), both)
    merged = applied(linear(), change(LORA), ia3, functional=False)(X)
    assert not torch.allclose(merged, both, atol=1e-3)


def test_the_option_makes_other_patches() -> None:
    step = Step(network="n", change=change(LORA), multiplier=1.0, dyn=None, version=0)
    beside = Step(network="n", change=change(LORA), multiplier=1.0, dyn=None, version=0, functional=True)
    assert step.identity != beside.identity
