"""A tiny head and tiny patches repaint with a small SDXL checkpoint, and leave it as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.fooocus.drawing.inpaint_files import FOLDER, HEAD, PATCHES
from extensions.fooocus.kinds import FooocusResult, InpaintWish
from extensions.fooocus.steering.inpaint_engine import back_to_plain, head_kernel
from pipelines.contract.errors import CorruptFile
from pipelines.denoising.denoiser import Predictor
from pipelines.engine.engine import Engine
from tests.engines import engine_settings
from tests.extensions.fooocus.drawing.test_masks import as_bytes
from tests.extensions.fooocus.drawing.test_run import array, base_request, opened, picture
from tests.tiny_checkpoints import write_tiny

Draw = Callable[..., FooocusResult]
WIDTH = 32
"""Channels after the small network's first layer."""
LAYERS = {"out.2.weight": (4, WIDTH, 3, 3), "out.2.bias": (4,), "input_blocks.1.0.in_layers.0.bias": (WIDTH,)}


def write_patch(path: Path, reach: float) -> None:
    """Changes between ``-reach`` and ``reach``, as bytes."""
    generator = torch.Generator().manual_seed(3)
    low, high = torch.tensor(-reach), torch.tensor(reach)
    entries = {
        f"diffusion_model.{name}": (torch.randint(0, 256, shape, generator=generator).byte(), low, high)
        for name, shape in LAYERS.items()
    }
    torch.save(entries, path)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdxl") / "models"
    write_tiny(folder / "Stable-diffusion")
    weights = folder / FOLDER
    weights.mkdir()
    head = torch.randn(WIDTH, 5, 3, 3, generator=torch.Generator().manual_seed(2))
    torch.save({"head": head}, weights / HEAD)
    write_patch(weights / PATCHES["v1"], 0.0)
    write_patch(weights / PATCHES["v2.6"], 0.5)
    return folder


@pytest.fixture(scope="module")
def engine(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(engine_settings(models, tmp_path_factory.mktemp("data"), extensions=("fooocus",)))
    yield engine
    engine.close()


@pytest.fixture
def draw(engine: Engine, models: Path) -> Draw:
    """Repaint the left half of a picture in five steps."""
    mask = Image.new("L", (128, 64), 0)
    mask.paste(255, (0, 0, 40, 64))

    def run(version: str, checkpoint: str = "tiny-sdxl") -> FooocusResult:
        wish = InpaintWish(image=as_bytes(picture(128, 64)), mask=as_bytes(mask), engine=version)
        request = base_request(models, inpaint=wish, native=128)
        file = str(models / "Stable-diffusion" / f"{checkpoint}.safetensors")
        result = engine.run(replace(request, base=replace(request.base, checkpoint=file, steps=5)))
        assert isinstance(result, FooocusResult)
        return result

    return run


def test_head_and_patch_each_change_what_is_covered(draw: Draw) -> None:
    plain, headed, patched = (draw(version) for version in ("", "v1", "v2.6"))
    assert [result.warnings for result in (plain, headed, patched)] == [(), (), ()]
    pictures = [array(opened(result)) for result in (plain, headed, patched)]
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])
    for made in pictures:
        assert np.abs(made[:, 73:] - array(picture(128, 64))[:, 73:]).max() <= 1
    assert np.array_equal(pictures[0], array(opened(draw(""))))


def test_the_patch_goes_after_four_fifths_of_the_steps() -> None:
    first, second = cast("Predictor", object()), cast("Predictor", object())
    job: Any = SimpleNamespace(loaded=None)
    switch = back_to_plain(job, 10, lambda model, bare: second)
    answers = [switch(first, torch.tensor(1.0), call) for call in (0, 7, 8)]
    assert answers == [first, first, second]
    assert switch(second, torch.tensor(0.1), 9) is second


def test_a_file_without_a_kernel_is_named(tmp_path: Path) -> None:
    path = tmp_path / "head.pth"
    torch.save({"head": torch.zeros(8, 5, 1, 1)}, path)
    with pytest.raises(CorruptFile, match=r"head\.pth holds no kernel for 5 channels"):
        head_kernel(path, 5)
