"""Files of whole modules give their tensors, whatever their classes would do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.module_pickle import read_module
from pipelines.families.loading.read import load_pickle
from tests.extensions.adetailer.yolo_files import save_module

TENSORS = {"model.0.weight": torch.ones(2, 3), "model.0.count": torch.tensor(4), "bias": torch.zeros(1)}


class Trap:
    """Unpickles into a call that leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return shutil.copyfile, (__file__, str(self.trace))


class Shell:
    """Unpickles into a command."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("never",)


def test_tensors_have_the_names_of_a_state_dict(tmp_path: Path) -> None:
    path = save_module(TENSORS, tmp_path / "x.pt", names={0: "face"})
    found = read_module(path, ("ema", "model"))
    assert sorted(found.tensors) == sorted(TENSORS)
    assert found.tensors["model.0.weight"].dtype == torch.float16
    assert found.beside["names"] == {0: "face"}
    with pytest.raises(CorruptFile):
        load_pickle(path)


def test_the_first_entry_that_is_a_module_counts(tmp_path: Path) -> None:
    path = save_module(TENSORS, tmp_path / "x.pt")
    with pytest.raises(CorruptFile, match="holds no module"):
        read_module(path, ("ema",))


def test_a_table_of_tensors_is_taken_as_it_is(tmp_path: Path) -> None:
    torch.save(TENSORS, tmp_path / "x.pt")
    assert sorted(read_module(tmp_path / "x.pt", ("model",)).tensors) == sorted(TENSORS)


def test_what_a_class_would_do_is_not_done(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = save_module(TENSORS, tmp_path / "x.pt", train_args=Trap(trace))
    assert len(read_module(path, ("model",)).tensors) == 3
    assert not trace.exists()


def test_a_file_that_names_the_system_is_refused(tmp_path: Path) -> None:
    path = save_module(TENSORS, tmp_path / "x.pt", more=Shell())
    with pytest.raises(CorruptFile, match="not weights"):
        read_module(path, ("model",))


def test_a_module_in_itself_ends(tmp_path: Path) -> None:
    inner = torch.nn.Module()
    inner.register_buffer("a", torch.ones(1))
    inner._modules["again"] = inner  # pyright: ignore[reportPrivateUsage]
    torch.save({"model": inner}, tmp_path / "x.pt")
    assert list(read_module(tmp_path / "x.pt", ("model",)).tensors) == ["a"]
