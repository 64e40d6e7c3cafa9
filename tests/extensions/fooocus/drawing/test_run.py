"""Whole jobs on the small checkpoint: words, pictures in, pictures out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.kinds import (
    ControlPicture,
    ControlWish,
    FooocusPicture,
    FooocusRequest,
    FooocusResult,
    InpaintWish,
    Saving,
    Steering,
    UpscaleWish,
)
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import MissingWeights
from pipelines.contract.requests import PerPicture
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_request
from tests.extensions.fooocus.drawing.test_masks import as_bytes

Draw = Callable[..., FooocusResult]


def base_request(models: Path, seeds: tuple[int, ...] = (5,), **changes: Any) -> FooocusRequest:
    pictures = tuple(
        FooocusPicture(seed=seed, prompt="a cat", negative_prompt="", positive=("a cat",), negative=("",))
        for seed in seeds
    )
    base = make_request(models, steps=2, per_picture=PerPicture(prompts=("a cat",) * len(seeds)))
    made = FooocusRequest(
        word="fooocus-text", base=base, pictures=pictures, native=64, saving=Saving(name="job")
    )
    return replace(made, **changes)


@pytest.fixture
def draw(engine: Engine, models_dir: Path) -> Draw:
    def run(seeds: tuple[int, ...] = (5,), **changes: Any) -> FooocusResult:
        result = engine.run(base_request(models_dir, seeds, **changes))
        assert isinstance(result, FooocusResult)
        return result

    return run


def picture(width: int = 64, height: int = 64) -> Image.Image:
    image = Image.new("RGB", (width, height), (230, 225, 210))
    image.paste((40, 60, 160), (width // 4, height // 4, width // 2, height // 2))
    return image


def opened(result: FooocusResult, number: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(result.images[number]))


def array(image: Image.Image) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.asarray(image.convert("RGB")).astype(np.int16)


def test_words_become_pictures_that_are_saved_with_what_made_them(draw: Draw) -> None:
    result = draw((5, 6))
    assert result.seeds == (5, 6)
    assert [Path(file).read_bytes() for file in result.files] == list(result.images)
    assert not np.array_equal(array(opened(result)), array(opened(result, 1)))
    told = json.loads(opened(result).info["parameters"])
    assert (told["seed"], told["prompt"], told["resolution"]) == ("5", "a cat", "(64, 64)")


def test_the_same_seed_is_the_same_picture(draw: Draw) -> None:
    assert np.array_equal(array(opened(draw())), array(opened(draw((4, 5)), 1)))


@pytest.mark.parametrize(
    "steering",
    [Steering(sharpness=30), Steering(adaptive_cfg=2.0), Steering(freeu=(1.4, 1.4, 0.6, 0.6))],
)
def test_steering_changes_pictures(steering: Steering, draw: Draw) -> None:
    plain = Steering(sharpness=0, adaptive_cfg=30)
    assert not np.array_equal(array(opened(draw(steering=steering))), array(opened(draw(steering=plain))))


def test_steering_leaves_other_jobs_alone(engine: Engine, models_dir: Path, draw: Draw) -> None:
    before = engine.run(make_request(models_dir))
    draw(steering=Steering(sharpness=30, freeu=(1.4, 1.4, 0.6, 0.6)))
    after = engine.run(make_request(models_dir))
    assert isinstance(before, GenerationResult) and isinstance(after, GenerationResult)
    assert before.images == after.images


def test_a_varied_picture_has_a_size_that_suits(draw: Draw) -> None:
    wish = UpscaleWish(image=as_bytes(picture(48, 24)), strength=0.5)
    assert opened(draw(upscale=wish)).size == (48, 24)
    assert opened(draw(upscale=wish, native=128)).size == (192, 64)
    assert opened(draw(upscale=replace(wish, image=as_bytes(picture(100, 90))))).size == (96, 88)


def test_enlarging(draw: Draw) -> None:
    wish = UpscaleWish(image=as_bytes(picture(60, 40)), factor=2.0, fast=True)
    fast = draw(upscale=wish)
    assert opened(fast).size == (120, 80)
    assert any("Lanczos" in text for text in fast.warnings)
    assert opened(draw(upscale=replace(wish, fast=False, factor=1.5))).size == (88, 56)
    large = draw(upscale=replace(wish, fast=False, factor=4.0))
    assert opened(large).size == (240, 160)
    assert any("too large to be drawn over" in text for text in large.warnings)


def test_outpainting_grows_the_picture_and_keeps_its_middle(draw: Draw) -> None:
    wish = InpaintWish(image=as_bytes(picture(128, 64)), sides=("Left", "Right"), distances=(32, 0, 0, 0))
    made = array(opened(draw(inpaint=wish)))
    assert made.shape == (64, 128 + 32 + 38, 3)
    kept = slice(32 + 32, 32 + 128 - 32)
    assert np.abs(made[:, kept] - array(picture(128, 64))[:, 32:-32]).max() <= 1


def test_inpainting_changes_what_is_covered(draw: Draw) -> None:
    mask = Image.new("L", (128, 128), 0)
    mask.paste(255, (0, 0, 40, 128))
    wish = InpaintWish(image=as_bytes(picture(128, 128)), mask=as_bytes(mask))
    made, before = array(opened(draw(inpaint=wish))), array(picture(128, 128))
    assert np.abs(made[:, 73:] - before[:, 73:]).max() <= 1
    assert np.abs(made[:, :40] - before[:, :40]).mean() > 3
    closer = array(opened(draw(inpaint=replace(wish, field=0.2, strength=0.6, from_noise=True))))
    assert np.abs(closer[:, 73:] - before[:, 73:]).max() <= 1


def test_an_empty_mask_is_text_to_image(draw: Draw) -> None:
    empty = as_bytes(Image.new("L", (64, 64), 0))
    result = draw(inpaint=InpaintWish(image=as_bytes(picture()), mask=empty))
    assert np.array_equal(array(opened(result)), array(opened(draw())))
    assert any("nothing is to be repainted" in text for text in result.warnings)


def test_debugging_shows_the_stages(draw: Draw) -> None:
    wish = InpaintWish(image=as_bytes(picture()), sides=("Top",), debug=True)
    assert len(draw(inpaint=wish).images) == 3
    pictures = (ControlPicture(image=as_bytes(picture()), kind="PyraCanny", stop=0.5, weight=1.0),)
    shown = draw(control=ControlWish(pictures=pictures, debug=True))
    assert len(set(np.unique(array(opened(shown))).tolist())) > 1


@pytest.mark.parametrize("kind", ["ImagePrompt", "FaceSwap", "CPDS"])
def test_missing_files_are_named(kind: str, draw: Draw) -> None:
    pictures = (ControlPicture(image=as_bytes(picture()), kind=kind, stop=0.5, weight=1.0),)
    with pytest.raises(MissingWeights, match=r"needs the file .* in .*ControlNet") as refused:
        draw(control=ControlWish(pictures=pictures))
    assert refused.value.field == "image_prompts.0.cn_type"


def test_an_outline_steers_the_picture(draw: Draw) -> None:
    given = ControlPicture(image=as_bytes(picture()), kind="PyraCanny", stop=1.0, weight=1.0)
    steered = draw(control=ControlWish(pictures=(given,)))
    assert not np.array_equal(array(opened(steered)), array(opened(draw())))


def test_a_stopped_job_keeps_what_was_finished(engine: Engine, models_dir: Path) -> None:
    control = JobControl()
    control.ask(Action.INTERRUPT)
    result = engine.run(base_request(models_dir, (1, 2)), control=control)
    assert isinstance(result, FooocusResult)
    assert (result.images, result.seeds) == ((), ())
