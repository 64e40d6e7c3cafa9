"""Loading by controlnet-aux: onto the CPU, tensors only, and torch as it was afterwards."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from extensions.controlnet.maps.aux_package import aux_module, safe_loading


class Code:
    """Runs something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("run",)


def test_only_tensors_are_read_whatever_is_asked(tmp_path: Path) -> None:
    torch.save({"a": Code()}, tmp_path / "code.pth")
    with safe_loading(), pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / "code.pth", weights_only=False)


def test_tensors_come_to_the_cpu_unless_another_device_is_named(tmp_path: Path) -> None:
    torch.save(torch.ones(2), tmp_path / "one.pth")
    with safe_loading():
        assert torch.load(tmp_path / "one.pth").device.type == "cpu"
        assert torch.load(tmp_path / "one.pth", map_location="meta").device.type == "meta"


def test_torch_is_put_back_also_after_a_failure(tmp_path: Path) -> None:
    before = torch.load
    with safe_loading():
        assert torch.load is not before
    assert torch.load is before
    with pytest.raises(FileNotFoundError), safe_loading():
        torch.load(tmp_path / "nothing.pth")
    assert torch.load is before


def test_a_module_is_imported_without_its_warnings() -> None:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        assert aux_module("util").__name__ == "controlnet_aux.util"
    assert given == []
    with pytest.raises(ImportError):
        aux_module("no_such_part")
