"""Units in a generation on the small checkpoint."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.shuffle import shuffle
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.progress import Progress
from pipelines.contract.requests import ScriptCall, Seeds, UnloadRequest
from pipelines.engine.engine import Engine
from tests.engines import make_request, pixels
from tests.extensions.controlnet.control_engine import MODELS, control_engine, generate
from tests.extensions.controlnet.drawings import drawing


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with control_engine(tmp_path_factory.mktemp("data")) as made:
        yield made


def unit(**values: Any) -> dict[str, Any]:
    return {"image": drawing(), "module": "canny", "model": "tiny-control-canny", **values}


def test_weight_is_how_much_changes(engine: Engine) -> None:
    base = pixels(generate(engine))
    results = [pixels(generate(engine, unit(weight=weight))) for weight in (0.0, 0.3, 1.5)]
    changes = [float(np.abs(result - base).mean()) for result in results]
    assert changes[0] == 0.0 < changes[1] < changes[2]


def test_maps_follow_the_pictures(engine: Engine) -> None:
    result = generate(engine, unit(), unit(module="none", save_detected_map=False))
    assert len(result.images) == 2
    assert set(np.unique(pixels(result, 1))) == {0, 255}
    pairs = result.info["extra_generation_params"]
    assert list(pairs)[:2] == ["ControlNet 0", "ControlNet 1"]


def test_a_reference_leaves_the_unet_as_it_was(engine: Engine) -> None:
    base = pixels(generate(engine))
    referred = generate(engine, {"image": drawing(), "module": "reference_adain+attn"})
    assert np.abs(pixels(referred) - base).mean() > 0
    assert np.array_equal(pixels(generate(engine)), base)


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"model": "nowhere"}, "model", "model not found: nowhere"),
        ({"model": None}, "model", "You have not selected any ControlNet Model"),
        ({"image": None}, "image", "no input image is given"),
        ({"image": "AAAA"}, "image", "Invalid encoded image"),
    ],
)
def test_a_unit_that_cannot_run_is_an_error(
    engine: Engine, values: dict[str, Any], field: str, text: str
) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        generate(engine, unit(**values))
    assert caught.value.field == f"always_on.controlnet.args.0.{field}"


def test_the_original_goes_on_without_control(engine: Engine) -> None:
    request = make_request(engine.settings.folders.models)
    lenient = replace(request.options, extension={"controlnet_lenient": True})
    result = generate(engine, unit(model="nowhere"), options=lenient)
    assert len(result.images) == 1
    assert any("made without ControlNet" in warning for warning in result.warnings)


def test_a_detection_draws_from_where_a_generation_left_off(engine: Engine) -> None:
    generate(engine, unit(), seeds=Seeds(seed=1234, subseed=9, random_subseed=True))
    engine.run(UnloadRequest())
    request = DetectRequest(images=(base64.b64decode(drawing()),) * 2, module="shuffle", resolution=64)
    result = engine.run(request)
    assert isinstance(result, DetectResult)
    random = np.random.RandomState(2 * 1234)
    picture = np.array(Image.open(io.BytesIO(base64.b64decode(drawing()))))
    for data in result.images:
        assert np.array_equal(np.array(Image.open(io.BytesIO(data))), shuffle(picture, random))


def test_units_are_made_ready_one_by_one(engine: Engine) -> None:
    said: list[str | None] = []
    control = JobControl()

    def listen(progress: Progress) -> None:
        if not said or progress.text != said[-1]:
            said.append(progress.text)
        if progress.text == "ControlNet: mlsd":
            control.ask(Action.CANCEL)

    units = (unit(), unit(module="blur_gaussian"))
    call = ScriptCall(name="ControlNet", args=units)
    engine.run(make_request(MODELS, steps=1, always_on=(call,)), on_progress=listen)
    assert said == [None, "ControlNet: canny", "ControlNet: blur_gaussian", None]
    stopped = ScriptCall(name="ControlNet", args=(unit(), unit(module="mlsd"), unit(module="no such")))
    with pytest.raises(InvalidRequest):  # all are read before the first is made
        engine.run(make_request(MODELS, always_on=(stopped,)), on_progress=listen)
    given_up = ScriptCall(name="ControlNet", args=(unit(), unit(module="mlsd")))
    with pytest.raises(Cancelled):  # before it is looked for weights, which aren't there
        engine.run(make_request(MODELS, always_on=(given_up,)), control=control, on_progress=listen)
