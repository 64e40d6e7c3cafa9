"""Number formats follow the flags and the device."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from pipelines.contract.settings import EngineSettings, Folders
from pipelines.families import precision
from pipelines.families.precision import (
    FULL,
    SMALL,
    Precision,
    choose_device,
    choose_precision,
    lay_out,
    precision_of,
)

FOLDERS = Folders(
    data=Path(), checkpoints=(), vaes=(), loras=(), embeddings=(), hypernetworks=(), models=Path()
)
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_a_gpu_works_in_fp16() -> None:
    chosen = choose_precision(EngineSettings(folders=FOLDERS), CUDA)
    assert {chosen.unet, chosen.text, chosen.vae} == {torch.float16}


def test_no_half_vae_keeps_the_vae_in_fp32() -> None:
    chosen = choose_precision(EngineSettings(folders=FOLDERS, no_half_vae=True), CUDA)
    assert (chosen.unet, chosen.vae) == (torch.float16, torch.float32)


@pytest.mark.parametrize("device", [CPU, CUDA])
def test_full_precision(device: torch.device) -> None:
    assert choose_precision(EngineSettings(folders=FOLDERS, no_half=True), device) == FULL
    assert choose_precision(EngineSettings(folders=FOLDERS, precision="full"), device) == FULL


@pytest.mark.parametrize(("capable", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_cpu_uses_bf16_where_it_computes_in_it(
    monkeypatch: pytest.MonkeyPatch, capable: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(precision, "computes_bfloat16", lambda: capable)
    chosen = choose_precision(EngineSettings(folders=FOLDERS), CPU)
    assert (chosen.unet, chosen.text, chosen.vae) == (dtype, torch.float32, dtype)
    exact = choose_precision(EngineSettings(folders=FOLDERS, no_half_vae=True), CPU)
    assert (exact.unet, exact.vae) == (dtype, torch.float32)
    assert choose_precision(EngineSettings(folders=FOLDERS, no_half=True), CPU) == FULL


@pytest.mark.parametrize(
    ("numbers", "asked", "device", "small"),
    [
        (SMALL, "autocast", CPU, False),
        (SMALL - 1, "autocast", CPU, True),
        (1, "half", CPU, False),
        (1, "autocast", CUDA, False),
    ],
)
def test_a_small_model_stays_exact_on_a_cpu(
    numbers: int, asked: str, device: torch.device, small: bool
) -> None:
    settings = EngineSettings(folders=FOLDERS, precision=asked)
    half = Precision(unet=torch.bfloat16, text=torch.float32, vae=torch.bfloat16)
    assert precision_of(numbers, half, settings, device) == (FULL if small else half)


@pytest.mark.parametrize(
    ("device", "dtype", "anyway", "last"),
    [
        (CPU, torch.bfloat16, False, True),
        (CPU, torch.float32, False, False),
        (CUDA, torch.bfloat16, False, False),
        (CUDA, torch.float16, True, True),
    ],
)
def test_channels_come_last_where_that_is_faster(
    device: torch.device, dtype: torch.dtype, anyway: bool, last: bool
) -> None:
    layer = nn.Conv2d(4, 4, 3, dtype=dtype)
    lay_out(layer, device, anyway=anyway)
    assert layer.weight.is_contiguous(memory_format=torch.channels_last) is last


def test_the_probe_answers() -> None:
    assert precision.computes_bfloat16() in (True, False)


def test_named_device() -> None:
    assert choose_device(EngineSettings(folders=FOLDERS, device="cpu")) == CPU
    assert choose_device(EngineSettings(folders=FOLDERS)).type in ("cpu", "cuda")
