"""Torch files have the members that A1111's check takes, and torch reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import torch

from pipelines.training.archive import write_torch


def test_members_and_content(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.pt"
    write_torch(path, {"a": torch.arange(3.0), 64: [{"b": torch.ones(2, 2)}]}, name="one")
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["one/data.pkl", "one/data/0", "one/data/1", "one/version"]
    content = torch.load(path, weights_only=True)
    assert torch.equal(content["a"], torch.arange(3.0))
    assert torch.equal(content[64][0]["b"], torch.ones(2, 2))
