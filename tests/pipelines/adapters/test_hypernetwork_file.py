"""Hypernetwork files become the small networks that they describe."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipelines.adapters.hypernetwork_file import activation_named, build_hypernetwork, read_hypernetwork
from pipelines.contract.errors import CorruptFile


def layer(number: int, rows: int, columns: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(number)
    return {
        f"linear.{number}.weight": torch.randn(rows, columns, generator=generator),
        f"linear.{number}.bias": torch.randn(rows, generator=generator),
    }


def content(**notes: Any) -> dict[Any, Any]:
    state = layer(0, 8, 4) | layer(2, 4, 8)
    return {4: (state, state), "name": "x", **notes}


def reference(x: Tensor, *, activate_output: bool) -> Any:
    n = {key: value.numpy() for key, value in (layer(0, 8, 4) | layer(2, 4, 8)).items()}
    hidden = np.maximum(x.numpy() @ n["linear.0.weight"].T + n["linear.0.bias"], 0)
    out = hidden @ n["linear.2.weight"].T + n["linear.2.bias"]
    return np.maximum(out, 0) if activate_output else out


@pytest.mark.parametrize("activate_output", [True, False])
def test_layers_and_activations(activate_output: bool) -> None:
    network = build_hypernetwork(content(activation_func="relu", activate_output=activate_output))
    x = torch.randn(3, 4, generator=torch.Generator().manual_seed(9))
    expected = reference(x, activate_output=activate_output)
    np.testing.assert_allclose(network.keys[4](x), expected, rtol=1e-5, atol=1e-5)


def test_output_is_activated_unless_the_file_says_otherwise() -> None:
    network = build_hypernetwork(content(activation_func="relu"))
    assert (network.values[4](torch.full((1, 4), -3.0)) >= 0).all()


def test_old_files_number_layers_without_a_dot() -> None:
    renamed = {0: "linear1.", 2: "linear2."}
    state = {
        name.replace(f"linear.{number}.", prefix): tensor
        for number, prefix in renamed.items()
        for name, tensor in layer(number, *((8, 4) if number == 0 else (4, 8))).items()
    }
    x = torch.ones(1, 4)
    old = build_hypernetwork({4: (state, state)}).keys[4](x)
    assert torch.equal(old, build_hypernetwork(content()).keys[4](x))


def test_layer_norm_and_dropout_numbers() -> None:
    norm = {"linear.2.weight": torch.ones(8), "linear.2.bias": torch.zeros(8)}
    state = layer(0, 8, 4) | norm | layer(4, 4, 8)
    network = build_hypernetwork({4: (state, state), "activation_func": "tanh", "is_layer_norm": True})
    module = network.keys[4]
    assert isinstance(module, nn.Sequential)
    assert [type(child).__name__ for child in module] == ["Linear", "Tanh", "LayerNorm", "Linear", "Tanh"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [(None, nn.Identity), ("linear", nn.Identity), ("swish", nn.Hardswish), ("LeakyReLU", nn.LeakyReLU)],
)
def test_activations(name: str | None, expected: type[nn.Module]) -> None:
    assert type(activation_named(name)) is expected


def test_unknown_activation_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "h.pt"
    torch.save(content(activation_func="no-such"), path)
    with pytest.raises(CorruptFile, match="no-such"):
        read_hypernetwork(path)


@pytest.mark.parametrize("saved", [{"name": "x"}, [1, 2], {4: ({"weight": torch.ones(1)}, {})}])
def test_other_files_are_named(tmp_path: Path, saved: object) -> None:
    path = tmp_path / "h.pt"
    torch.save(saved, path)
    with pytest.raises(CorruptFile, match=r"h\.pt"):
        read_hypernetwork(path)
