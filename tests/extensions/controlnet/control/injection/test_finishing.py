"""Around a controlled pass: maps on disk, a filled picture that noise starts from, the order of finishing."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.maps.detectors.lama import filled
from extensions.controlnet.maps.sliders import Run
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from pipelines.contract.heed import Pieces
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.generation.hooks import PictureHook, hook
from pipelines.generation.job import GenerationJob
from tests.engines import make_request, pixels
from tests.extensions.controlnet.control_engine import MODELS, control_engine, generate


def encoded(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def square(colour: tuple[int, int, int]) -> Image.Image:
    """A square on black, 64 x 64."""
    image = Image.new("RGB", (64, 64))
    image.paste(colour, (16, 16, 48, 48))
    return image


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with control_engine(tmp_path_factory.mktemp("data")) as made:
        yield made


def unit(**values: Any) -> dict[str, Any]:
    return {"image": encoded(square((255, 255, 255))), "module": "canny", "model": "canny", **values}


def test_maps_are_saved_where_the_options_say(engine: Engine) -> None:
    options = replace(make_request(MODELS).options, extension={"control_net_detectmap_autosaving": True})
    units = (unit(), unit(module="none"), unit(module="invert", save_detected_map=False))
    result = generate(engine, *units, options=options)
    (file,) = result.files
    path = Path(file)
    assert path.parent.name == "canny" or path.parents[1].name == "canny"
    assert "detected_maps" in path.parts and path.name.startswith("canny-")
    assert np.array_equal(np.asarray(Image.open(path)), pixels(result, 1))
    assert generate(engine, unit()).files == ()


def test_lama_fills_the_mask_and_is_started_from(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shades: list[float] = []

    def loader(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
        value = shades[-1]
        return lambda array, parameters: filled(lambda p, m: torch.full_like(p, value), array)

    monkeypatch.setattr("extensions.controlnet.maps.detectors.lama.load", loader)
    monkeypatch.setattr("extensions.controlnet.maps.loaded.find_files", lambda *_: (Path(__file__),))
    mask = encoded(Image.new("L", (64, 64), 255))
    results: list[GenerationResult] = []
    for shade in (0.0, 1.0):
        shades.append(shade)
        engine.services.weights.clear()
        lama = unit(module="inpaint_only+lama", mask=mask, weight=0.0)
        results.append(generate(engine, lama, batch_count=2))
    dark, light = results
    assert pixels(dark, 2)[..., :3].max() == 0
    assert pixels(light, 2)[..., :3].min() == 255
    assert not np.array_equal(pixels(dark), pixels(light))
    assert np.array_equal(pixels(dark, 1), pixels(light, 1))


def test_pictures_are_changed_before_faces_are_restored(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    class Plugin:
        @hook
        def picture_hook(self, job: GenerationJob) -> PictureHook:
            def change(image: Image.Image, index: int) -> Image.Image:
                order.append("hook")
                return image

            return change

    def restore(services: object, image: Image.Image, *rest: object) -> Pieces[Image.Image]:
        order.append("faces")
        yield
        return image

    monkeypatch.setattr("pipelines.generation.services.Services.restore_faces", restore)
    engine.services.hooks.register(Plugin())
    generate(engine, restore_faces=True)
    assert order == ["hook", "faces"]
