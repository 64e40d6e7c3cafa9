"""SD2 and SDXL on the stand-in: whole pictures, with what a request may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import Hires, Refiner
from tests.cuda.engines import TOLERANCE, Pair, cost
from tests.cuda.test_generation import img2img
from tests.cuda_stand_in import cuda_stand_in
from tests.engines import engine_settings, make_request
from tests.tiny_checkpoints import write_tiny

TILES = {"hypertile_enable_unet": True, "hypertile_max_tile_unet": 32}
FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "hires latent": {"hires": Hires(scale=1.5, upscaler="Latent"), "denoising_strength": 0.7},
    "inpainting": img2img(only_masked=False, fill=1),
    "prompts": {"prompt": "a [red:blue:0.5] (circle:1.3) AND a square", "batch_size": 2},
    "long prompt": {"prompt": "a red circle on a white background, " * 12},
    "tiling": {"tiling": True},
    "merged tokens": {"options": GenerationOptions(extension={"token_merging_ratio": 0.5})},
    "hypertile": {"options": GenerationOptions(extension=TILES)},
    "timesteps": {"sampler": "DDIM"},
}
CASES = [f"{family}-{name}" for family in ("sd2", "sdxl") for name in FEATURES if name != "merged tokens"]
QUIET = OutputOptions(live_previews_enable=False)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_tiny(tmp_path_factory.mktemp("models") / "Stable-diffusion")


@pytest.fixture(scope="module")
def pair(checkpoints: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    models = checkpoints["sd2"].parents[1]
    made = Pair(engine_settings(models, tmp_path_factory.mktemp("data")), torch.float16)
    yield made
    made.close()


def asked(checkpoints: dict[str, Path], case: str, **changes: Any) -> dict[str, Any]:
    family, _, name = case.partition("-")
    given = {"steps": 3, "sampler": "Euler a", "checkpoint": str(checkpoints[family])}
    return given | FEATURES[name] | changes


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_features(pair: Pair, checkpoints: dict[str, Path], case: str) -> None:
    models = checkpoints["sd2"].parents[1]
    assert pair.difference(make_request(models, **asked(checkpoints, case))) < TOLERANCE[torch.float16]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["sd2", "sdxl"])
def test_merged_tokens(checkpoints: dict[str, Path], tmp_path: Path, family: str) -> None:
    """In fp32: which tokens are the most alike is a choice, and rounding to fp16 chooses others."""
    models = checkpoints["sd2"].parents[1]
    exact = Pair(engine_settings(models, tmp_path), torch.float32)
    difference = exact.difference(make_request(models, **asked(checkpoints, f"{family}-merged tokens")))
    exact.close()
    assert difference < 1.0


@pytest.mark.slow
def test_a_refiner_of_another_family(pair: Pair, checkpoints: dict[str, Path]) -> None:
    models = checkpoints["sd2"].parents[1]
    refiner = Refiner(checkpoint=str(checkpoints["sd2"]), switch_at=0.5)
    request = make_request(models, **asked(checkpoints, "sdxl-plain", steps=4, refiner=refiner))
    assert pair.difference(request) < TOLERANCE[torch.float16]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["sd2", "sdxl"])
def test_a_step_reads_and_copies_nothing(pair: Pair, checkpoints: dict[str, Path], family: str) -> None:
    models = checkpoints["sd2"].parents[1]
    with cuda_stand_in() as counted:
        short, long = (
            cost(
                pair.device,
                make_request(models, **asked(checkpoints, f"{family}-plain", steps=steps, output=QUIET)),
                counted,
            )
            for steps in (2, 3)
        )
    assert not long.reads - short.reads and not long.copies - short.copies
