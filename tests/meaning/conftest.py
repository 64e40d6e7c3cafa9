"""The demo checkpoint, ready to draw."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine

SIDE = 128
NO_GRID = OutputOptions(return_grid=False, live_previews_enable=False)


class Draw:
    """Makes pictures with the demo checkpoint, 20 steps of Euler a unless ``changes`` say otherwise."""

    def __init__(self, engine: Engine, base: GenerationRequest) -> None:
        self.engine = engine
        self.base = base

    def __call__(self, prompt: str, seed: int = 1, **changes: Any) -> Image.Image:
        """Draw one picture of a prompt from a seed."""
        return self.several(prompt, 1, first=seed, **changes)[0]

    def several(self, prompt: str, count: int, first: int = 1, **changes: Any) -> list[Image.Image]:
        """Pictures of ``count`` seeds from ``first`` on, in one batch: twice as fast as one by one."""
        seeds = Seeds(seed=first, subseed=first)
        request = replace(self.base, prompt=prompt, seeds=seeds, batch_size=count, output=NO_GRID, **changes)
        result = self.engine.run(request)
        assert isinstance(result, GenerationResult)
        return [Image.open(io.BytesIO(data)).convert("RGB") for data in result.images[:count]]


@pytest.fixture(scope="session")
def engine(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An fp32 engine on the project's own models folder."""
    models = root / "models"
    folders = Folders(
        data=tmp_path_factory.mktemp("data"),
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(),
        loras=(models / "Lora",),
        embeddings=(),
        hypernetworks=(),
    )
    extensions = ("adetailer", "controlnet", "dynamic_prompts", "fooocus")
    engine = Engine(EngineSettings(folders=folders, device="cpu", no_half=True, extensions=extensions))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def draw(engine: Engine, root: Path) -> Draw:
    """The demo checkpoint at its own size."""
    base = GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(root / "models" / "Stable-diffusion" / "demo.safetensors"),
        sampler="Euler a",
        steps=20,
        width=SIDE,
        height=SIDE,
    )
    return Draw(engine, base)
