"""Settings decide how a checkpoint is read: its precision, its layout, and whether its parts take turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import OverBudget
from pipelines.contract.settings import EngineSettings
from pipelines.families.model import LoadedModel
from pipelines.families.precision import FULL
from pipelines.families.registry import BUILT_IN
from pipelines.memory.checkpoint_reader import CheckpointReader

CPU = torch.device("cpu")


def reader_of(settings: EngineSettings, device: torch.device = CPU) -> CheckpointReader:
    return CheckpointReader(settings, device, families=BUILT_IN, patcher=None)


def read(settings: EngineSettings, path: Path, device: torch.device = CPU) -> LoadedModel:
    reader = reader_of(settings, device)
    return reader.read(path, reader.precision_of(path), name=None, vae=None)


def test_bytes_are_told_before_a_checkpoint_is_read(settings: EngineSettings, first: Path) -> None:
    reader = reader_of(settings)
    told = reader.bytes_of(first, reader.precision_of(first))
    assert told == pytest.approx(read(settings, first).bytes(), rel=0.02)


def test_compilation_is_asked_for(
    settings: EngineSettings, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[torch.nn.Module] = []

    def note(module: torch.nn.Module) -> None:
        compiled.append(module)

    monkeypatch.setattr(torch.nn.Module, "compile", note)
    model = read(replace(settings, compile_unet=True), first)
    assert compiled == [model.unet]


def test_settings_reach_the_model(settings: EngineSettings, first: Path) -> None:
    model = read(replace(settings, nan_check=False, channels_last=True), first)
    assert not model.codec.nan_check
    weight = next(p for p in model.unet.parameters() if p.ndim == 4 and p.shape[-1] == 3)
    assert weight.is_contiguous(memory_format=torch.channels_last)


def test_halves_on_a_cpu_lie_channels_last(settings: EngineSettings, first: Path) -> None:
    half = replace(settings, no_half=False, precision="half")
    model = read(half, first)
    for module in (model.unet, model.codec.module):
        weight = next(p for p in module.parameters() if p.ndim == 4 and p.shape[-1] == 3)
        assert weight.dtype is torch.bfloat16
        assert weight.is_contiguous(memory_format=torch.channels_last)
    exact = read(replace(half, no_half_vae=True), first)
    assert (exact.precision.unet, exact.codec.dtype) == (torch.bfloat16, torch.float32)


def test_a_small_checkpoint_stays_exact_on_a_cpu_that_computes_halves(
    settings: EngineSettings, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.families.precision.computes_bfloat16", lambda: True)
    automatic = replace(settings, no_half=False)
    assert read(automatic, first).precision == FULL
    monkeypatch.setattr("pipelines.families.precision.SMALL", 1000)
    assert read(automatic, first).precision.unet is torch.bfloat16


def test_a_small_vram_budget_lets_parts_take_turns_or_refuses(settings: EngineSettings, first: Path) -> None:
    model = read(replace(settings, vram_budget=2**30), first)
    small = replace(settings, vram_budget=model.bytes())
    assert not model.placement.takes_turns
    assert read(small, first).placement.takes_turns
    with pytest.raises(OverBudget, match="VRAM budget is 1 MiB"):
        read(replace(settings, vram_budget=2**20), first, torch.device("cuda"))
