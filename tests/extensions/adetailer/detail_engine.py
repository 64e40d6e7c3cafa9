"""An engine on the small checkpoint with ADetailer, a detector of red things, and requests for it."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest, Img2Img, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_request, pixels
from tests.extensions.adetailer.yolo_files import red_finder, save_module, save_plain

TINY = Path(__file__).resolve().parents[2] / "data" / "models"
MODEL = "red_yolov8n.pt"
PLACE = "always_on.adetailer.args.2"
MERGED = {"ad_mask_merge_invert": "Merge", "ad_denoising_strength": 0.9}
AROUND = MERGED | {"ad_mask_merge_invert": "Merge and Invert"}
EXTENSIONS = ("adetailer", "controlnet", "dynamic_prompts")
RED = (8, 24, 26, 42)
"""The red square of the drawing: left, top, right, bottom."""


@contextmanager
def detail_engine(folder: Path) -> Generator[Engine]:
    """Make an engine with ADetailer and the scripts that may go along.

    Its models folder is a copy by links, with the detector in ``adetailer`` as both kinds of files.
    """
    models = folder / "models"
    models.mkdir()
    for place in TINY.iterdir():
        (models / place.name).symlink_to(place)
    tensors = red_finder()
    save_module(tensors, models / "adetailer" / MODEL)
    save_plain(tensors, models / "adetailer" / "red_plain.safetensors")
    engine = Engine(engine_settings(models, folder / "data", extensions=EXTENSIONS))
    yield engine
    engine.close()


def drawing() -> Image.Image:
    """A red square at the left and a blue one at the right."""
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).rectangle(RED, fill="red")
    ImageDraw.Draw(picture).rectangle((40, 24, 58, 42), fill="blue")
    return picture


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def detail_request(
    engine: Engine, *units: dict[str, Any], options: dict[str, Any] | None = None, **changes: Any
) -> GenerationRequest:
    """The drawing, as it is, with the units to look at it."""
    call = ScriptCall(name="ADetailer", args=(True, True, *({"ad_model": MODEL} | unit for unit in units)))
    start = Img2Img(images=(png(drawing()),))
    values: dict[str, Any] = {"steps": 3, "img2img": start, "always_on": (call,), "denoising_strength": 0.5}
    request = make_request(engine.settings.folders.models, **(values | changes))
    return replace(request, options=GenerationOptions(extension=options or {}))


def run(engine: Engine, request: GenerationRequest) -> GenerationResult:
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


def changed(result: GenerationResult) -> NDArray[np.bool_]:
    """Return (h, w): True where the picture differs from the drawing."""
    return np.asarray(np.abs(pixels(result) - np.asarray(drawing(), np.int16)).max(-1) > 0)


def outside(margin: int) -> NDArray[np.bool_]:
    """Return (h, w): True beyond so many pixels around the red square."""
    mask = np.ones((64, 64), dtype=bool)
    left, top, right, bottom = RED
    mask[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = False
    return mask
