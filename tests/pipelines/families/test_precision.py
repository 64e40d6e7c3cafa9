"""Number formats follow the flags and the device."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.contract.settings import EngineSettings, Folders
from pipelines.families import precision
from pipelines.families.precision import FULL, choose_device, choose_precision

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
    assert (chosen.unet, chosen.text, chosen.vae) == (dtype, torch.float32, torch.float32)


def test_the_probe_answers() -> None:
    assert precision.computes_bfloat16() in (True, False)


def test_named_device() -> None:
    assert choose_device(EngineSettings(folders=FOLDERS, device="cpu")) == CPU
    assert choose_device(EngineSettings(folders=FOLDERS)).type in ("cpu", "cuda")
