"""An engine on the small checkpoint, and requests for it."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.engine.engine import Engine
from sdapi.core.hooks import ApiHooks

CHECKPOINT = "tiny-sd1.safetensors"


def make_engine(models: Path, data: Path) -> Engine:
    """In fp32 on the CPU, with one thread."""
    return Engine(engine_settings(models, data))


def engine_settings(models: Path, data: Path, **more: Any) -> EngineSettings:
    """The settings of such an engine."""
    folders = Folders(
        data=data,
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(models / "VAE",),
        loras=(models / "Lora",),
        embeddings=(models / "embeddings",),
        hypernetworks=(models / "hypernetworks",),
        esrgan=(models / "ESRGAN",),
    )
    return EngineSettings(folders=folders, device="cpu", no_half=True, threads=1, **more)


def make_request(models: Path, **changes: Any) -> GenerationRequest:
    """64 x 64 pixels in four steps."""
    request = GenerationRequest(
        prompt="a red circle on a white background",
        seeds=Seeds(seed=1, subseed=2),
        checkpoint=str(models / "Stable-diffusion" / CHECKPOINT),
        steps=4,
        width=64,
        height=64,
    )
    return replace(request, **changes)


def take_options(changes: dict[str, Any]) -> GenerationOptions:
    """Options among keyword arguments, those of built-in extensions too; they are taken out."""
    known = {field.name for field in fields(GenerationOptions)}
    own = {option.key for option in ApiHooks().options()}
    taken = {name: changes.pop(name) for name in list(changes) if name in known | own}
    given = {name: value for name, value in taken.items() if name in known}
    extension = {name: value for name, value in taken.items() if name in own - known}
    return GenerationOptions(**given, extension=extension)


def pixels(result: GenerationResult, index: int = 0) -> NDArray[np.int16]:
    """A picture of a result as signed numbers, (height, width, 3)."""
    with Image.open(io.BytesIO(result.images[index])) as image:
        return np.asarray(image.convert("RGB")).astype(np.int16)
