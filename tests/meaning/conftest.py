"""The demo checkpoint, ready to draw."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.engine import Engine
from pipelines.request import GenerationRequest, GenerationResult, Seeds
from pipelines.settings import EngineSettings, Folders

Draw = Callable[..., Image.Image]
SIDE = 128


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
        controlnets=(models / "ControlNet",),
        annotators=(models / "ControlNetPreprocessor",),
    )
    engine = Engine(EngineSettings(folders=folders, device="cpu", no_half=True, extensions=("controlnet",)))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def draw(engine: Engine, root: Path) -> Draw:
    """``draw(prompt, seed=1, **changes)``: one picture by the demo checkpoint, 20 steps of Euler a."""
    base = GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(root / "models" / "Stable-diffusion" / "demo.safetensors"),
        sampler="Euler a",
        steps=20,
        width=SIDE,
        height=SIDE,
    )

    def make(prompt: str, seed: int = 1, **changes: Any) -> Image.Image:
        request = replace(base, prompt=prompt, seeds=Seeds(seed=seed, subseed=seed), **changes)
        result = engine.run(request)
        assert isinstance(result, GenerationResult)
        return Image.open(io.BytesIO(result.images[0])).convert("RGB")

    return make
