"""HyperTile in a generation: what options ask for is patched, told, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.contract.requests import Hires
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_engine, make_request, pixels, take_options

TILED: dict[str, Any] = {"hypertile_enable_unet": True, "hypertile_max_tile_unet": 64}
SECOND: dict[str, Any] = {"hypertile_enable_unet_secondpass": True, "hypertile_max_tile_unet": 64}
HIRES: dict[str, Any] = {"hires": Hires(scale=2.0, steps=1), "denoising_strength": 0.9}


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def made(engine: Engine, **changes: Any) -> tuple[NDArray[np.int16], list[str]]:
    """The picture, and the names of its infotext pairs."""
    models = engine.settings.folders.models
    given: dict[str, Any] = {"steps": 1, "width": 256, "height": 256, **changes}
    options = take_options(given)
    result = engine.run(make_request(models, options=options, **given))
    assert isinstance(result, GenerationResult)
    return pixels(result), list(result.info["extra_generation_params"])


def test_it_tiles_and_leaves_no_trace(engine: Engine) -> None:
    plain, _ = made(engine)
    tiled, told = made(engine, **TILED)
    again, _ = made(engine)
    assert (plain != tiled).any()
    assert (plain == again).all()
    assert told[:2] == ["Hypertile U-Net", "Hypertile U-Net max tile size"]


def test_the_decoder_is_tiled_by_a_switch_of_its_own(engine: Engine) -> None:
    plain, _ = made(engine)
    tiled, told = made(engine, hypertile_enable_vae=True, hypertile_swap_size_vae=2)
    assert (plain != tiled).any()
    assert told == ["Hypertile VAE", "Hypertile VAE swap size"]


def test_the_second_pass_alone_is_told_after_what_begins_a_job(engine: Engine) -> None:
    size = {"width": 128, "height": 128}
    plain, _ = made(engine, **HIRES, **size)
    tiled, told = made(engine, **HIRES, **size, **SECOND)
    assert (plain != tiled).any()
    assert told[0] == "Denoising strength"
    assert told[-2:] == ["Hypertile U-Net second pass", "Hypertile U-Net max tile size"]
