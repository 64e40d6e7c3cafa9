"""Weight files are read without running what they hold."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, CorruptFile
from pipelines.contract.heed import advancing
from pipelines.families.loading.read import canonical_names, load_pickle, read_tensors


class Bomb:
    """Unpickles into a call that leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


def test_safetensors(tmp_path: Path) -> None:
    save_file({"a": torch.arange(6).reshape(2, 3)}, tmp_path / "x.safetensors")
    assert read_tensors(tmp_path / "x.safetensors")["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("wrapped", [True, False])
def test_pickles_with_and_without_state_dict(tmp_path: Path, wrapped: bool) -> None:
    table: dict[str, Any] = {"a": torch.ones(2), "note": "text"}
    torch.save({"state_dict": table} if wrapped else table, tmp_path / "x.ckpt")
    tensors = read_tensors(tmp_path / "x.ckpt")
    assert list(tensors) == ["a"]


def test_legacy_pickle_format(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "x.pt", _use_new_zipfile_serialization=False)
    assert read_tensors(tmp_path / "x.pt")["a"].tolist() == [1, 1]


@pytest.mark.parametrize("wrap", [True, False])
def test_code_in_a_pickle_is_not_run(tmp_path: Path, wrap: bool) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / "x.ckpt"
    if wrap:
        torch.save({"state_dict": {"a": Bomb(trace)}}, path)
    else:
        path.write_bytes(pickle.dumps({"a": Bomb(trace)}))
    with pytest.raises(CorruptFile, match=r"x\.ckpt"):
        load_pickle(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 nothing", b"\x80\x02garbage", b"<html>not a model</html>"]
)
@pytest.mark.parametrize("name", ["x.ckpt", "x.safetensors"])
def test_damaged_files_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorruptFile, match=name.replace(".", r"\.")):
        read_tensors(tmp_path / name)


def test_truncated_pickle(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(10_000)}, tmp_path / "x.pt")
    content = (tmp_path / "x.pt").read_bytes()
    (tmp_path / "x.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(CorruptFile):
        read_tensors(tmp_path / "x.pt")


def test_turbo_names_become_sd2_names() -> None:
    turbo = {
        "conditioner.embedders.0.model.ln_final.weight": torch.ones(1024),
        "conditioner.embedders.0.model.positional_embedding": torch.ones(1),
    }
    assert set(canonical_names(turbo)) == {
        "cond_stage_model.model.ln_final.weight",
        "cond_stage_model.model.positional_embedding",
    }


def test_the_refiner_keeps_its_names() -> None:
    refiner = {"conditioner.embedders.0.model.ln_final.weight": torch.ones(1280)}
    assert canonical_names(refiner).keys() == refiner.keys()


def test_what_training_leaves_behind_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "pytorch_lightning.callbacks.model_checkpoint"
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, "pytorch_lightning", ModuleType("pytorch_lightning"))
    monkeypatch.setitem(sys.modules, name, module)
    callback = type("ModelCheckpoint", (), {"__module__": name})
    vars(module)["ModelCheckpoint"] = callback
    left = {callback: {"best": np.float64(0.5), "array": np.arange(3.0)}, "seen": {1, 2}, "it": callback()}
    torch.save({"state_dict": {"a": torch.ones(2)}, "callbacks": left}, tmp_path / "x.ckpt")
    assert read_tensors(tmp_path / "x.ckpt")["a"].tolist() == [1, 1]


def test_parameter_dicts(tmp_path: Path) -> None:
    vectors = torch.nn.ParameterDict({"word": torch.nn.Parameter(torch.ones(2, 3))})
    torch.save({"string_to_param": vectors}, tmp_path / "x.pt")
    assert load_pickle(tmp_path / "x.pt")["string_to_param"]["word"].shape == (2, 3)


def test_a_job_that_is_given_up_reads_no_further_file(tmp_path: Path) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "x.safetensors")
    control = JobControl()
    control.ask(Action.CANCEL)
    with advancing(control), pytest.raises(Cancelled):
        read_tensors(tmp_path / "x.safetensors")
