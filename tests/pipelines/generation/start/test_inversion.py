"""The img2img alternative test: a picture leads to noise, and the noise back to the picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Img2Img, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_engine, make_request, pixels


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def square() -> bytes:
    image = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(image).rectangle((12, 12, 50, 50), fill=(30, 60, 220))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def run(engine: Engine, models: Path, square: bytes, **changes: Any) -> GenerationResult:
    values = {
        "prompt": "a blue square",
        "negative": "",
        "steps": 8,
        "cfg": 1.0,
        "randomness": 0.0,
        "adjusted": False,
    }
    v = values | changes
    args = (
        None,
        True,
        True,
        v["prompt"],
        v["negative"],
        True,
        v["steps"],
        True,
        v["cfg"],
        v["randomness"],
        v["adjusted"],
    )
    request = make_request(
        models,
        img2img=Img2Img(images=(square,)),
        cfg_scale=1.0,
        sampler="Heun",
        denoising_strength=0.4,
        script=ScriptCall(name="img2img alternative test", args=args),
    )
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


def test_found_noise_leads_back_to_the_picture(engine: Engine, models_dir: Path, square: bytes) -> None:
    source = np.asarray(Image.open(io.BytesIO(square))).astype(np.int16)
    distances = [
        float(np.abs(pixels(run(engine, models_dir, square, **change)) - source).mean())
        for change in ({}, {"adjusted": True}, {"randomness": 1.0})
    ]
    assert max(distances[:2]) < distances[2] * 0.8


def test_overrides_and_infotext(engine: Engine, models_dir: Path, square: bytes) -> None:
    text = run(engine, models_dir, square, steps=2).info["infotexts"][0]
    assert text.startswith("a blue square\nSteps: 2, Sampler: Euler,")
    assert "Denoising strength: 1.0, Decode prompt: a blue square, Decode negative prompt: , " in text
    assert "Decode CFG scale: 1.0, Decode steps: 2, Randomness: 0.0, Sigma Adjustment: False" in text


def test_no_steps_are_refused(engine: Engine, models_dir: Path, square: bytes) -> None:
    with pytest.raises(InvalidRequest, match="steps must be between 1 and"):
        run(engine, models_dir, square, steps=0)
