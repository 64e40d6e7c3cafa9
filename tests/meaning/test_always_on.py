"""ADetailer repaints what its detector finds and nothing else; a template's word is what is drawn."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.dynamic_prompts.arguments import TITLE
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Img2Img, ScriptCall
from pipelines.contract.results import GenerationResult
from tests.extensions.adetailer.yolo_files import red_finder, save_module
from tests.meaning.conftest import NO_GRID, SIDE, Draw
from tools.demo.judge import read_picture
from tools.demo.scenes import Figure, Scene, draw_scene

FACE = "face_yolov8n.pt"
COUNT = 3


@pytest.fixture(scope="module")
def detectors(draw: Draw) -> GenerationOptions:
    """Options with a folder of detectors; the one in it finds what is red."""
    folder: Path = draw.engine.settings.folders.data / "detectors"
    save_module(red_finder(), folder / FACE)
    return GenerationOptions(extension={"ad_extra_models_dir": str(folder)})


def _scene() -> Image.Image:
    """A red circle at the left, a blue square at the right."""
    figures = tuple(
        Figure(shape=shape, colour=colour, size="small", position=place, filled=True)
        for shape, colour, place in (("circle", "red", "left"), ("square", "blue", "right"))
    )
    return draw_scene(Scene(background="white", figures=figures), SIDE, random.Random(1))


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _detailed(draw: Draw, options: GenerationOptions, **unit: Any) -> Image.Image:
    """The scene, looked at as it is."""
    values = {
        "ad_model": FACE,
        "ad_mask_merge_invert": "Merge",
        "ad_denoising_strength": 1.0,
        "ad_dilate_erode": 8,
        **unit,
    }
    call = ScriptCall(name="ADetailer", args=(True, True, values))
    request = replace(
        draw.base,
        prompt="a red circle and a blue square on a white background",
        img2img=Img2Img(images=(_png(_scene()),)),
        denoising_strength=0.5,
        always_on=(call,),
        options=options,
        output=NO_GRID,
    )
    result = draw.engine.run(request)
    assert isinstance(result, GenerationResult)
    assert result.warnings == ()
    return Image.open(io.BytesIO(result.images[0])).convert("RGB")


def test_what_is_found_is_repainted_and_nothing_else(draw: Draw, detectors: GenerationOptions) -> None:
    before = np.asarray(_scene(), np.int16)
    prompt = "a green circle on a white background"
    after = _detailed(draw, detectors, ad_prompt=prompt)
    colours = {(figure.position, figure.colour) for figure in read_picture(after).figures}
    assert ("right", "blue") in colours
    assert not {colour for place, colour in colours if place == "left"} & {"red"}
    difference = np.abs(np.asarray(after, np.int16) - before).max(-1)
    assert not difference[:, SIDE * 2 // 3 :].any()
    assert (difference > 0).mean() > 0.02


@pytest.mark.slow
def test_the_word_that_the_seed_chooses_is_what_is_drawn(draw: Draw) -> None:
    call = ScriptCall(name=TITLE, args=(True,))
    template = "a {red|blue|green} circle on a white background"
    request = replace(
        draw.base, prompt=template, batch_size=COUNT, always_on=(call,), output=NO_GRID, steps=20
    )
    results = [draw.engine.run(replace(request, seeds=replace(request.seeds, seed=seed))) for seed in (1, 2)]
    words: list[list[str]] = []
    for result in results:
        assert isinstance(result, GenerationResult)
        words.append([re.findall("red|blue|green", text)[0] for text in result.info["all_prompts"]])
        drawn = [_colour(data) for data in result.images[:COUNT]]
        assert sum(one == other for one, other in zip(words[-1], drawn, strict=True)) >= COUNT - 1
    assert words[0][1:] == words[1][:-1]


def _colour(data: bytes) -> str:
    figures = read_picture(Image.open(io.BytesIO(data)).convert("RGB")).figures
    return figures[0].colour if figures else ""
