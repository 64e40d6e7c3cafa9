"""A file's tensors in a network: all of them, in fp32, for use only."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.fitting import fit
from pipelines.contract.errors import CorruptFile


def network() -> nn.Sequential:
    with torch.device("meta"):
        return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))


def tensors() -> dict[str, Tensor]:
    return {
        "0.weight": torch.full((2, 3), 2.0, dtype=torch.float16),
        "0.bias": torch.ones(2),
        "1.weight": torch.ones(2),
        "1.bias": torch.zeros(2),
        "1.running_mean": torch.full((2,), 3.0),
        "1.running_var": torch.ones(2),
    }


def test_every_tensor_is_the_files_in_fp32() -> None:
    made = network()
    fit(made, {**tensors(), "head.for.training": torch.ones(1)}, "a.pth")
    assert {t.dtype for n, t in made.state_dict().items() if "num_batches" not in n} == {torch.float32}
    assert not made.training and not any(p.requires_grad for p in made.parameters())
    # 2 * 3 ones + 1, less the running mean of 3
    assert made(torch.ones(1, 3)).tolist()[0] == pytest.approx([4.0, 4.0], abs=1e-4)


def test_names_of_the_file_are_asked_for() -> None:
    renamed = {f"net.{name}": tensor for name, tensor in tensors().items()}
    made = network()
    fit(made, renamed, "a.pth", lambda name: f"net.{name}")
    assert made[0].weight.device.type == "cpu"


def test_missing_and_misshapen_tensors_are_listed() -> None:
    given = tensors()
    del given["0.bias"]
    given["1.running_var"] = torch.ones(3)
    with pytest.raises(CorruptFile) as caught:
        fit(network(), given, "a.pth", lambda name: name)
    assert caught.value.field == "module"
    assert caught.value.message == "a.pth lacks 2 tensors or has other shapes: 0.bias, 1.running_var"


def test_of_many_missing_tensors_three_are_named() -> None:
    with pytest.raises(
        CorruptFile, match=r"lacks 6 tensors or has other shapes: 0\.weight, 0\.bias, 1\.weight$"
    ):
        fit(network(), {}, "a.pth")
