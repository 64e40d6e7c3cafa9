"""The state of a run is kept, read again, and gone when the run has ended."""

from __future__ import annotations

from pathlib import Path

import torch

from pipelines.training.chance import Chance
from pipelines.training.resume import STATE, RunFolder
from tests.engines import engine_settings


def test_chance_goes_on_after_a_crash(models_dir: Path, tmp_path: Path) -> None:
    folder = RunFolder(engine_settings(models_dir, tmp_path).folders, "run")
    chance = Chance(5)
    chance.noise((3,))
    chance.random.random()
    folder.write({"chance": chance.state(), "made": 7})
    state = folder.read()
    assert state is not None
    other = Chance(0)
    other.restore(state["chance"])
    assert torch.equal(other.noise((4,)), chance.noise((4,)))
    assert other.random.random() == chance.random.random()
    folder.clear()
    assert folder.read() is None


def test_a_damaged_state_is_none(models_dir: Path, tmp_path: Path) -> None:
    folder = RunFolder(engine_settings(models_dir, tmp_path).folders, "run")
    folder.path.mkdir(parents=True)
    (folder.path / STATE).write_bytes(b"PK broken")
    assert folder.read() is None
