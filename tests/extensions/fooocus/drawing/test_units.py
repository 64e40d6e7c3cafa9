"""Image prompts of all four types steer pictures, with tiny networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extensions.fooocus.drawing.units import prepared_pictures
from extensions.fooocus.kinds import ControlPicture, ControlWish, FooocusResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings
from tests.extensions.fooocus.drawing.test_masks import as_bytes
from tests.extensions.fooocus.drawing.test_run import array, base_request, opened, picture
from tests.extensions.fooocus.small_models import write_models

Draw = Callable[..., FooocusResult]
RED = as_bytes(Image.new("RGB", (40, 60), (220, 30, 30)))
OUTLINED = as_bytes(picture())


@pytest.fixture(scope="module")
def models(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_models(models_dir, tmp_path_factory.mktemp("equipped") / "models")


@pytest.fixture(scope="module")
def equipped(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    settings = engine_settings(models, tmp_path_factory.mktemp("data"), extensions=("controlnet", "fooocus"))
    engine = Engine(settings)
    yield engine
    engine.close()


@pytest.fixture
def draw(equipped: Engine, models: Path) -> Draw:
    def run(*given: ControlPicture, softness: float = 0.25) -> FooocusResult:
        control = ControlWish(pictures=given, softness=softness)
        request = base_request(models, control=control)
        result = equipped.run(replace(request, base=replace(request.base, steps=4)))
        assert isinstance(result, FooocusResult)
        return result

    return run


def given(kind: str, image: bytes = OUTLINED, stop: float = 1.0, weight: float = 1.0) -> ControlPicture:
    return ControlPicture(image=image, kind=kind, stop=stop, weight=weight)


def same(one: FooocusResult, other: FooocusResult) -> bool:
    return np.array_equal(array(opened(one)), array(opened(other)))


def test_every_type_steers(draw: Draw) -> None:
    plain = draw()
    steered = [draw(given(kind)) for kind in ("ImagePrompt", "FaceSwap", "PyraCanny", "CPDS")]
    assert not any(same(plain, one) for one in steered)
    assert not same(steered[0], steered[1])
    assert not same(steered[2], steered[3])
    assert same(plain, draw())


def test_a_picture_counts_by_what_it_shows_how_much_and_how_long(draw: Draw) -> None:
    usual = draw(given("ImagePrompt"))
    assert not same(usual, draw(given("ImagePrompt", RED)))
    assert not same(usual, draw(given("ImagePrompt", weight=0.3)))
    assert not same(usual, draw(given("ImagePrompt", stop=0.3)))
    assert not same(usual, draw(given("ImagePrompt"), given("ImagePrompt", RED)))


def test_softness_weakens_shallow_outputs(draw: Draw) -> None:
    assert not same(draw(given("PyraCanny"), softness=0.0), draw(given("PyraCanny"), softness=1.0))


def test_a_face_that_can_not_be_looked_for_is_told(draw: Draw) -> None:
    (told,) = draw(given("FaceSwap")).warnings
    assert "whole picture counts" in told


def test_maps_have_the_size_of_what_is_drawn(equipped: Engine) -> None:
    wish = ControlWish(pictures=(given("PyraCanny"), given("CPDS"), given("ImagePrompt", RED)))
    shown = prepared_pictures(wish, (96, 32), equipped.services, print)
    assert [image.size for image in shown] == [(96, 32), (96, 32), (40, 60)]
    plain = prepared_pictures(replace(wish, as_given=True), (96, 32), equipped.services, print)
    assert array(plain[0]).mean() > 100
