"""Detectors are read from both kinds of files; what needs an engine is in a generation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from extensions.adetailer.detect.load import read_yolo
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from tests.extensions.adetailer.yolo_files import save_module, save_plain, yolo8, yolo11


def test_both_kinds_of_files_hold_the_same_network(tmp_path: Path) -> None:
    plain = read_yolo(save_plain(yolo11(), tmp_path / "x.safetensors"))
    module = read_yolo(save_module(yolo11(), tmp_path / "x.pt"))
    assert plain.plan == module.plan
    for name, tensor in plain.state_dict().items():
        assert torch.allclose(tensor.float(), module.state_dict()[name].float(), atol=1e-3)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("not a file of torch")
    with pytest.raises(CorruptFile, match=r"text\.pt"):
        read_yolo(tmp_path / "text.pt")
    torch.save({"state_dict": {"a": torch.ones(1)}}, tmp_path / "other.pt")
    with pytest.raises(CorruptFile, match="holds no module"):
        read_yolo(tmp_path / "other.pt")
    save_plain({"a": torch.ones(1)}, tmp_path / "other.safetensors")
    with pytest.raises(UnsupportedModel, match="no detector"):
        read_yolo(tmp_path / "other.safetensors")


def test_a_file_may_name_its_classes(tmp_path: Path) -> None:
    path = save_module(yolo8(classes=2), tmp_path / "x.pt", names={0: "cat", 1: "Dog", "odd": 3})
    network = read_yolo(path)
    assert (network.classes, network.names) == (2, {0: "cat", 1: "Dog"})
    assert read_yolo(save_plain(yolo8(classes=2), tmp_path / "x.safetensors")).names == {}
