"""TorchScript files: what may be in their graph, and that nothing of a refused one has run."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.detection import maskrcnn_resnet50_fpn
from torchvision.ops import nms

from extensions.controlnet.maps.detectors.torchscript import read_script
from pipelines.contract.errors import CorruptFile


def save(module: nn.Module, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch wants other formats to be used
        scripted: Any = torch.jit.script(module.eval())
        scripted.save(str(path))
    return path


class Kept(nn.Module):
    """Keeps the boxes that torchvision's operator keeps."""

    def forward(self, x: Tensor) -> Tensor:
        return nms(x, x[:, 0], 0.5)


def writing(x: Tensor) -> Tensor:
    torch.save(x, "written.pt")
    return x


class Writer(nn.Module):
    """Writes a file when it is called."""

    def forward(self, x: Tensor) -> Tensor:
        return writing(x)


class Forked(nn.Module):
    """Writes a file from a graph inside its graph."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.jit.wait(torch.jit.fork(writing, x))


class Branch(nn.Module):
    """Writes a file in one of two cases."""

    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            x = writing(x)
        return x


class Reader(nn.Module):
    """Reads a file of its own choice."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.from_file("written.pt", False, 4)


class Eager(nn.Module):
    """Runs while it is loaded."""

    @torch.jit.export
    def __getstate__(self) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        return 3

    @torch.jit.export
    def __setstate__(self, state: int) -> None:
        self.training = False

    def forward(self, x: Tensor) -> Tensor:
        return x


class Detector(nn.Module):
    """A whole detector of torchvision's."""

    def __init__(self) -> None:
        super().__init__()
        self.network = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=2)

    def forward(self, x: Tensor) -> tuple[dict[str, Tensor], list[dict[str, Tensor]]]:
        return self.network([x])


def test_a_graph_of_networks_operators_runs(tmp_path: Path) -> None:
    script = read_script(save(Kept(), tmp_path / "kept.torchscript"), "cpu")
    boxes = torch.tensor([[5.0, 5.0, 9.0, 9.0], [0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 4.1]])
    assert script(boxes).tolist() == [0, 1]


@pytest.mark.slow
def test_a_whole_detectors_graph_is_read(tmp_path: Path) -> None:
    script = read_script(save(Detector(), tmp_path / "detector.torchscript"), "cpu")
    assert script.name == "detector.torchscript"


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Writer(), "its graph has aten::save in it"),
        (Branch(), "its graph has aten::save in it"),
        (Forked(), "its graph has prim::CallFunction in it"),
        (Reader(), "its graph has aten::from_file in it"),
        (Eager(), "it runs code while it is loaded"),
    ],
)
def test_a_graph_that_does_more_is_refused(
    module: nn.Module, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = save(module, tmp_path / "odd.torchscript")
    with pytest.raises(CorruptFile, match=rf"odd\.torchscript is refused: {reason}"):
        read_script(path, "cpu")
    assert not (tmp_path / "written.pt").exists()


def test_other_files_are_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.ones(2)}, tmp_path / "table.torchscript")
    with pytest.raises(CorruptFile, match=r"table\.torchscript can't be loaded"):
        read_script(tmp_path / "table.torchscript", "cpu")
    (tmp_path / "text.torchscript").write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"text\.torchscript is damaged"):
        read_script(tmp_path / "text.torchscript", "cpu")


def test_a_graph_that_cannot_be_run_is_named(tmp_path: Path) -> None:
    script = read_script(save(Kept(), tmp_path / "kept.torchscript"), "cpu")
    with pytest.raises(CorruptFile, match=r"kept\.torchscript can't be run: .*"):
        script(torch.ones(3, 8, 8))


def test_exhausted_memory_is_no_damage(tmp_path: Path) -> None:
    class Large(nn.Module):
        """Asks for more memory than there is."""

        def forward(self, x: Tensor) -> Tensor:
            return torch.zeros(1 << 50) + x

    script = read_script(save(Large(), tmp_path / "large.torchscript"), "cpu")
    with pytest.raises(RuntimeError, match="can't allocate memory"):
        script(torch.ones(1))
