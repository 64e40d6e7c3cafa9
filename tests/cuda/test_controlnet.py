"""ControlNet on the stand-in: units of every kind of model, references, corrections, inpainting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, ScriptCall
from pipelines.contract.settings import EngineSettings
from tests.cuda.engines import TOLERANCE, Pair, cost
from tests.cuda_stand_in import cuda_stand_in
from tests.engines import engine_settings, make_request
from tests.extensions.controlnet.control.networks.test_kinds import write_models
from tests.extensions.controlnet.control_engine import folder_flags
from tests.extensions.controlnet.drawings import drawing

UNITS: dict[str, dict[str, Any]] = {
    "control network": {"module": "canny", "model": "tiny-control-canny"},
    "adapter": {"module": "none", "model": "tiny-t2i"},
    "control lora": {"module": "none", "model": "tiny-lora"},
    "lllite": {"module": "none", "model": "tiny-lllite"},
    "reference": {"module": "reference_adain+attn"},
    "reference, attention": {"module": "reference_only", "threshold_a": 0.7},
    "prompt matters more": {"module": "canny", "model": "tiny-control-canny", "control_mode": 1},
    "control matters more": {"module": "canny", "model": "tiny-control-canny", "control_mode": 2},
    "shuffle": {"module": "shuffle", "model": "tiny-control-canny"},
    "tile, colours fixed": {"module": "tile_colorfix", "model": "tiny-control-canny"},
    "inpaint": {"module": "inpaint_only", "model": "tiny-control-canny", "mask": drawing()},
    "part of the steps": {"module": "none", "model": "tiny-control-canny", "guidance_end": 0.5},
}

KINDS = ("control network", "lllite")
"""Those that every run of the tests draws with."""
HOSTED = ("inpaint",)
"""Networks with the most work on the host."""


def some(quick: Sequence[str]) -> list[Any]:
    return [pytest.param(name, marks=() if name in quick else pytest.mark.slow) for name in UNITS]


@pytest.fixture(scope="module")
def settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    folder = tmp_path_factory.mktemp("controlnets")
    write_models(folder)
    plain = engine_settings(models_dir, tmp_path_factory.mktemp("data"), extensions=("controlnet",))
    return replace(plain, extension_flags=folder_flags(controlnets=folder))


@pytest.fixture(scope="module")
def pair(settings: EngineSettings) -> Iterator[Pair]:
    made = Pair(settings, torch.float16)
    yield made
    made.close()


def asked(models: Path, name: str, **changes: Any) -> GenerationRequest:
    unit = {"enabled": True, "image": drawing(), **UNITS[name]}
    given: dict[str, Any] = {
        "steps": 2,
        "sampler": "Euler a",
        "always_on": (ScriptCall(name="ControlNet", args=(unit,)),),
    }
    return make_request(models, **(given | changes))


@pytest.mark.parametrize("name", some(KINDS))
def test_units(pair: Pair, models_dir: Path, name: str) -> None:
    assert pair.difference(asked(models_dir, name)) < TOLERANCE[torch.float16]


@pytest.mark.slow
def test_units_in_bfloat16(settings: EngineSettings, models_dir: Path) -> None:
    pair = Pair(settings, torch.bfloat16)
    differences = {name: pair.difference(asked(models_dir, name)) for name in UNITS}
    pair.close()
    assert max(differences.values()) < TOLERANCE[torch.bfloat16]


@pytest.mark.parametrize("name", some(HOSTED))
def test_units_read_and_copy_nothing_per_step(pair: Pair, models_dir: Path, name: str) -> None:
    quiet = OutputOptions(live_previews_enable=False)
    with cuda_stand_in() as counted:
        short, long = (
            cost(pair.device, asked(models_dir, name, steps=steps, output=quiet), counted) for steps in (2, 3)
        )
    noise = 1 if "reference" in UNITS[name]["module"] else 0  # drawn on the CPU for every step
    assert not long.reads - short.reads
    assert (long.copies - short.copies).total() == noise
