"""Approx NN: a file's tensors go by their order, and a picture has twice the size of its latents."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import CorruptFile
from pipelines.previews.approx_nn import ApproxNN, read_approx_nn

LATENTS = torch.randn(2, 4, 4, 6, generator=torch.Generator().manual_seed(0))


def test_the_size_is_doubled() -> None:
    assert ApproxNN(4)(LATENTS).shape == (2, 3, 8, 12)


def test_tensors_go_by_their_order_whatever_their_names(tmp_path: Path) -> None:
    network = ApproxNN(4)
    renamed = {f"conv{number}": tensor for number, tensor in enumerate(network.state_dict().values())}
    torch.save(renamed, tmp_path / "model.pt")
    read = read_approx_nn(tmp_path / "model.pt")
    assert torch.equal(read(LATENTS), network(LATENTS))
    assert not any(parameter.requires_grad for parameter in read.parameters())


def test_channels_come_from_the_file(tmp_path: Path) -> None:
    torch.save({k: v.half() for k, v in ApproxNN(16).state_dict().items()}, tmp_path / "model.pt")
    read = read_approx_nn(tmp_path / "model.pt")
    assert read(torch.zeros(1, 16, 2, 2)).shape == (1, 3, 4, 4)
    assert next(read.parameters()).dtype == torch.float32


@pytest.mark.parametrize(
    "tensors", [{"a": torch.zeros(8, 4, 7, 7)}, {"a": torch.zeros(8)}, {"a": torch.zeros(9, 4, 7, 7)}]
)
def test_other_files_are_refused(tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    torch.save(tensors, tmp_path / "model.pt")
    with pytest.raises(CorruptFile, match=r"model\.pt is no approximation"):
        read_approx_nn(tmp_path / "model.pt")
