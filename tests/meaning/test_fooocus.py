"""Fooocus' ways with pictures keep and change the right things, on the demo checkpoint."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from extensions.fooocus.kinds import (
    ControlPicture,
    ControlWish,
    FooocusPicture,
    FooocusRequest,
    FooocusResult,
    InpaintWish,
    Saving,
    UpscaleWish,
)
from pipelines.contract.requests import GenerationRequest, PerPicture, Seeds
from pipelines.engine.engine import Engine
from tests.meaning.conftest import SIDE
from tools.demo.judge import read_picture

Make = Callable[..., list[Image.Image]]
STAR = [(64, 35), (73, 56), (92, 56), (77, 69), (83, 90), (64, 77), (45, 90), (51, 69), (36, 56), (55, 56)]


@pytest.fixture
def make(engine: Engine, root: Path) -> Make:
    """The pictures of a job, 20 steps."""

    def run(prompt: str, count: int = 1, **changes: Any) -> list[Image.Image]:
        seeds = range(1, count + 1)
        base = GenerationRequest(
            seeds=Seeds(seed=1, subseed=1),
            checkpoint=str(root / "models" / "Stable-diffusion" / "demo.safetensors"),
            sampler="DPM++ 2M SDE",
            scheduler="Karras",
            steps=20,
            cfg_scale=4.0,
            width=SIDE,
            height=SIDE,
            per_picture=PerPicture(prompts=(prompt,) * count),
        )
        options = replace(base.options, randn_source="CPU", img2img_fix_steps=True, overlay_inpaint=False)
        request = FooocusRequest(
            word="fooocus-text",
            base=replace(base, options=options),
            pictures=tuple(picture(prompt, seed) for seed in seeds),
            native=SIDE,
            saving=Saving(name="meaning"),
        )
        result = engine.run(replace(request, **changes))
        assert isinstance(result, FooocusResult)
        return [Image.open(io.BytesIO(data)).convert("RGB") for data in result.images]

    return run


def picture(prompt: str, seed: int) -> FooocusPicture:
    return FooocusPicture(seed=seed, prompt=prompt, negative_prompt="", positive=(prompt,), negative=("",))


def drawn(colour: str, left: int = 41) -> bytes:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(image).ellipse((left, 41, left + 46, 87), fill=colour)
    return as_png(image)


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def values(image: Image.Image | bytes) -> NDArray[np.float64]:
    if isinstance(image, bytes):
        image = Image.open(io.BytesIO(image)).convert("RGB")
    return np.asarray(image).astype(np.float64)


def colours(pictures: list[Image.Image]) -> list[str]:
    return [figure.colour for image in pictures for figure in read_picture(image).figures]


def test_words_decide(make: Make) -> None:
    assert colours(make("a red circle on a white background", 2)) == ["red", "red"]


@pytest.mark.slow
def test_subtle_varying_keeps_more_than_strong(make: Make) -> None:
    start = drawn("#1e3ce1")
    prompt = "a red square on a white background"
    subtle = make(prompt, 2, upscale=UpscaleWish(image=start, strength=0.5))
    strong = make(prompt, 2, upscale=UpscaleWish(image=start, strength=0.85))
    kept, changed = (
        float(np.mean([np.abs(values(image) - values(start)).mean() for image in pictures]))
        for pictures in (subtle, strong)
    )
    assert kept < changed
    assert colours(subtle).count("blue") >= colours(strong).count("blue")


@pytest.mark.slow
def test_outpainting_adds_width_and_keeps_the_middle(make: Make) -> None:
    start = drawn("#1e3ce1")
    wish = InpaintWish(image=start, sides=("Left", "Right"), distances=(64, 64, 0, 0))
    (made,) = make("a blue circle on a white background", inpaint=wish)
    assert made.size == (SIDE + 128, SIDE)
    middle = values(made)[:, 64 + 32 : 64 + SIDE - 32]
    assert np.abs(middle - values(start)[:, 32:-32]).max() <= 1


@pytest.mark.slow
def test_inpainting_changes_only_what_is_covered(make: Make) -> None:
    start = drawn("#1e3ce1")
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).rectangle((0, 0, SIDE // 2 - 1, SIDE), fill=255)
    (made,) = make("a red circle on a white background", inpaint=InpaintWish(image=start, mask=as_png(mask)))
    change = np.abs(values(made) - values(start)).mean(axis=(0, 2))
    assert change[SIDE // 2 + 33 :].max() <= 1
    assert change[: SIDE // 2].mean() > 2


@pytest.mark.slow
def test_pyra_canny_keeps_an_outline(make: Make) -> None:
    star = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(star).polygon(STAR, fill="#333333")
    control = ControlPicture(image=as_png(star), kind="PyraCanny", stop=1.0, weight=1.0)
    prompt = "a red shape on a white background"
    steered = make(prompt, 3, control=ControlWish(pictures=(control,), softness=0.0))
    shapes = [figure.shape for image in steered for figure in read_picture(image).figures]
    assert shapes.count("star") >= 2
    assert colours(steered).count("red") >= 2
