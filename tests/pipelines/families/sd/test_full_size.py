"""A full-size checkpoint is mapped, not copied."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import save_file

from pipelines.families.load import load_checkpoint
from pipelines.families.precision import Precision
from tools.published import sd1_checkpoint

HALF = Precision(unet=torch.float16, text=torch.float16, vae=torch.float16)


@pytest.mark.slow
def test_sd1_in_fp16_loads_in_a_second(tmp_path: Path) -> None:
    path = tmp_path / "full.safetensors"
    save_file(
        {name: torch.zeros(shape, dtype=torch.float16) for name, shape in sd1_checkpoint().items()}, path
    )
    load_checkpoint(path, precision=HALF)
    process = psutil.Process()
    before = process.memory_info()
    started = time.process_time()
    model = load_checkpoint(path, precision=HALF)
    # processor time: other work on the machine must not decide this
    seconds = time.process_time() - started
    grown = process.memory_info().rss - before.rss
    print(f"{seconds:.2f} s, {grown / 1e6:.0f} MB")
    assert model.bytes() == pytest.approx(2.13e9, rel=0.01)
    assert seconds < 1.0
    assert grown < 0.2 * model.bytes()
