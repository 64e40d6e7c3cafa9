"""Enhancing on the small checkpoint: what is found is drawn again, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from extensions.fooocus.kinds import (
    EnhanceStep,
    EnhanceWish,
    FooocusRequest,
    FooocusResult,
    InpaintWish,
    UpscaleWish,
)
from extensions.fooocus.masking import MaskWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.requests import PerPicture
from pipelines.engine.engine import Engine
from tests.extensions.fooocus.drawing.mask_models import half_mask_engine
from tests.extensions.fooocus.drawing.test_masks import as_bytes
from tests.extensions.fooocus.drawing.test_run import array, base_request, opened, picture

Enhanced = Callable[..., FooocusResult]
SIZE = 128
BEFORE = picture(SIZE, SIZE)
FAST = UpscaleWish(image=b"", factor=2.0, fast=True)


@pytest.fixture(scope="module")
def masking(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = half_mask_engine(models_dir, tmp_path_factory.mktemp("enhancing"))
    yield engine
    engine.close()


def step(request: FooocusRequest, model: str = "u2net", **changes: Any) -> EnhanceStep:
    field = "enhance_ctrlnets.0.enhance_mask_model"
    mask = MaskWish(model=model, field=field, words="face", box_threshold=0.0)
    return EnhanceStep(
        mask=mask, inpaint=InpaintWish(image=b"", engine="", **changes), pictures=request.pictures
    )


@pytest.fixture
def enhanced(masking: Engine, models_dir: Path) -> Enhanced:
    def run(
        *steps: Callable[[FooocusRequest], EnhanceStep], wish: dict[str, Any] | None = None, **changes: Any
    ) -> FooocusResult:
        request = base_request(models_dir, **changes)
        prompts = PerPicture(prompts=("a cat", "blue"))
        request = replace(request, base=replace(request.base, per_picture=prompts))
        found = EnhanceWish(
            image=as_bytes(BEFORE), steps=tuple(make(request) for make in steps), **(wish or {})
        )
        result = masking.run(replace(request, enhance=found))
        assert isinstance(result, FooocusResult)
        return result

    return run


def test_only_what_is_found_is_drawn_again(enhanced: Enhanced) -> None:
    made, before = array(opened(enhanced(step))), array(BEFORE)
    assert made.shape == before.shape
    assert np.abs(made[:, :30] - before[:, :30]).max() <= 1
    assert np.abs(made[:, 66:] - before[:, 66:]).mean() > 3


def test_the_mask_may_be_turned_round(enhanced: Enhanced) -> None:
    made, before = array(opened(enhanced(lambda request: step(request, invert=True)))), array(BEFORE)
    assert np.abs(made[:, 98:] - before[:, 98:]).max() <= 1
    assert np.abs(made[:, :62] - before[:, :62]).mean() > 3


def test_nothing_found_is_told(enhanced: Enhanced) -> None:
    result = enhanced(lambda request: step(request, "u2netp"))
    assert np.array_equal(array(opened(result)), array(BEFORE))
    assert result.warnings == (
        "enhance_ctrlnets.0.enhance_mask_model: nothing was found, so nothing was drawn again",
    )


@pytest.mark.parametrize("changes", [{"grow": -64}, {"grow": 64, "invert": True}])
def test_a_mask_of_which_nothing_is_left_keeps_the_picture(
    changes: dict[str, Any], enhanced: Enhanced
) -> None:
    result = enhanced(lambda request: step(request, **changes))
    assert np.array_equal(array(opened(result)), array(BEFORE))
    (warning,) = result.warnings
    assert warning.startswith("enhance_ctrlnets.0: nothing is left of the mask")


def test_what_isn_t_found_turned_round_is_the_whole_picture(enhanced: Enhanced) -> None:
    result = enhanced(lambda request: step(request, "u2netp", invert=True))
    assert not any("nothing" in text for text in result.warnings)
    changes = np.abs(array(opened(result)) - array(BEFORE))
    assert changes[:, :64].mean() > 3 and changes[:, 64:].mean() > 3


def test_nothing_asked_is_told(enhanced: Enhanced) -> None:
    result = enhanced()
    assert np.array_equal(array(opened(result)), array(BEFORE))
    assert any("nothing is to be enhanced" in text for text in result.warnings)


def test_enlarged_first_or_last(enhanced: Enhanced) -> None:
    first = array(opened(enhanced(step, upscale=FAST)))
    last = array(opened(enhanced(step, upscale=FAST, wish={"upscale_last": True})))
    assert first.shape == last.shape == (2 * SIZE, 2 * SIZE, 3)
    assert not np.array_equal(first, last)


def test_an_entry_has_words_of_its_own(enhanced: Enhanced) -> None:
    def own(request: FooocusRequest) -> EnhanceStep:
        eyes = replace(request.pictures[0], positive=("blue",), negative=("red",))
        return replace(step(request), pictures=(eyes,), own=True, first=1)

    plain, other = array(opened(enhanced(step))), array(opened(enhanced(own)))
    assert not np.array_equal(plain, other)


def test_what_words_name_is_drawn_again(enhanced: Enhanced) -> None:
    made = array(opened(enhanced(lambda request: step(request, "sam"))))
    assert made.shape == (SIZE, SIZE, 3)


def test_masks_as_the_product(enhanced: Enhanced) -> None:
    result = enhanced(step, lambda request: step(request, invert=True), wish={"masks": True})
    first, second = (array(opened(result, number)) for number in (0, 1))
    assert (first[:, 20].max(), first[:, 100].min(), second[:, 20].min()) == (0, 255, 255)


def test_progress_counts_every_stage_and_a_stop_ends_it(masking: Engine, models_dir: Path) -> None:
    request = base_request(models_dir, (1, 2))
    wish = EnhanceWish(image=as_bytes(BEFORE), steps=(step(request), step(request)))
    counts: list[int] = []
    control = JobControl()

    def listen(progress: Any) -> None:
        counts.append(progress.batch_count)
        if progress.batch == 1:
            control.ask(Action.INTERRUPT)

    result = masking.run(replace(request, enhance=wish), control=control, on_progress=listen)
    assert isinstance(result, FooocusResult)
    assert (max(counts), result.images) == (4, ())
