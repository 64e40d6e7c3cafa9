"""Parts that take turns on the device: pictures and networks stay the same, and RAM keeps the originals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.contract.requests import Hires
from pipelines.contract.settings import EngineSettings
from tests.cuda.engines import TOLERANCE, Pair
from tests.cuda_stand_in import DeviceTensor, cuda_stand_in
from tests.engines import engine_settings, make_request

LORA = "a red circle <lora:tiny-lora-unet-te:1> <hypernet:tinyhn:1>"
SMALL = 10 * 2**20
"""A VRAM budget that the small checkpoint does not fit into with room to work."""
CASES = {
    "medvram": {"memory_mode": "medvram"},
    "lowvram": {"memory_mode": "lowvram"},
    "vram budget": {"vram_budget": SMALL},
}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.slow) for name in CASES])
def pair(request: pytest.FixtureRequest, models_dir: Path, tmp_path: Path) -> Iterator[Pair]:
    settings: EngineSettings = replace(engine_settings(models_dir, tmp_path), **CASES[request.param])
    made = Pair(settings, torch.float16)
    yield made
    made.close()


def test_parts_take_turns(pair: Pair, models_dir: Path) -> None:
    hires = Hires(scale=1.5, upscaler="Lanczos")
    second_pass = {"hires": hires, "denoising_strength": 0.7}
    request = make_request(models_dir, steps=2, sampler="Euler a", prompt=LORA, **second_pass)
    assert pair.difference(request) < TOLERANCE[torch.float16]
    model = pair.device.services.residency.current
    assert model is not None and model.placement.takes_turns and len(model.placement.resident) == 1
    with cuda_stand_in():
        pair.device.services.residency.offload()
    parts = [tensor for module in model.modules_of("unet") for tensor in module.parameters()]
    assert not any(isinstance(tensor, DeviceTensor) for tensor in parts)
