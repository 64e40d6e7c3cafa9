"""Units are refused before the queue, and their pictures cross it as bytes."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from pipelines.contract.codec import decode, encode
from pipelines.contract.requests import GenerationRequest
from tests.extensions.controlnet.control_engine import MODELS
from tests.extensions.controlnet.header_files import write_kinds
from tests.sdapi.fakes import FakeJobs

PLACE = "alwayson_scripts.controlnet.args"
MODEL = "tiny-control-canny"


def png(side: int = 8) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), 90, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unit(**values: Any) -> dict[str, Any]:
    return {"module": "canny", "model": MODEL, "image": text(png()), **values}


def ask(client: TestClient, *units: Any, **more: Any) -> Any:
    body = {"alwayson_scripts": {"controlnet": {"args": list(units)}}, **more}
    return client.post("/sdapi/v1/txt2img", json=body)


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"weight": 9}, "weight", "not a number within"),
        ({"module": "nope"}, "module", "not found in supported modules"),
        ({"module": "normal_dsine"}, "module", "licence forbids"),
        ({"model": None}, "model", "not selected any"),
        ({"model": "nope"}, "model", "model not found: nope"),
        ({"image": None}, "image", "no input image"),
        ({"image": "!"}, "image", "Invalid encoded image"),
        ({"image": text(b"no picture")}, "image", "Invalid encoded image"),
        ({"image": text(png()[:45])}, "image", "Invalid encoded image"),
        ({"mask": text(png(4))}, "mask", "the mask has 4x4 pixels"),
        ({"effective_region_mask": text(b"no picture")}, "effective_region_mask", "Invalid encoded image"),
    ],
)
def test_a_bad_unit_is_refused_by_its_field_without_an_engine(
    client: TestClient, jobs: FakeJobs, values: dict[str, Any], field: str, text: str
) -> None:
    answer = ask(client, unit(), unit(**values))
    assert answer.status_code == 422, answer.text
    assert f"{PLACE}.1.{field}" in answer.text and text in answer.text
    assert jobs.submitted == []


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"model": "style"}, "module", "style is a T2I style adapter: its preprocessor is clip_vision"),
        ({"model": "adapter"}, "module", "adapter is an IP-Adapter: its preprocessor is one of"),
        ({"module": "ip-adapter-auto"}, "model", "needs an IP-Adapter model"),
        ({"ipadapter_input": "AA"}, "ipadapter_input", "only units with an IP-Adapter model take embeddings"),
        (
            {"model": "lllite", "effective_region_mask": text(png())},
            "effective_region_mask",
            "LLLite acts on",
        ),
        ({"model": "motion"}, "model", "is a SparseCtrl model"),
        ({"model": "damaged"}, "model", "damaged.safetensors"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_before_the_queue(
    client: TestClient, tmp_path: Path, jobs: FakeJobs, values: dict[str, Any], field: str, text: str
) -> None:
    write_kinds(tmp_path / "extensions" / "sd-webui-controlnet" / "models")
    answer = ask(client, unit(**values))
    assert answer.status_code == 422, answer.text
    assert f"{PLACE}.0.{field}" in answer.text and text in answer.text
    assert jobs.submitted == []
    lenient = {"override_settings": {"controlnet_lenient": True}}
    assert ask(client, unit(**values), **lenient).status_code == 200


def test_a_mask_that_a_unit_borrows_has_the_size_of_its_picture(client: TestClient, jobs: FakeJobs) -> None:
    body = {
        "init_images": [text(png())],
        "mask": text(png(4)),
        "alwayson_scripts": {"controlnet": {"args": [unit(image=None, module="inpaint")]}},
    }
    answer = client.post("/sdapi/v1/img2img", json=body)
    assert answer.status_code == 422, answer.text
    assert "the mask must have the size of init_images.0" in answer.text
    assert jobs.submitted == []
    body["mask"] = text(png())
    assert client.post("/sdapi/v1/img2img", json=body).status_code == 200


def test_pictures_cross_the_queue_as_bytes(client: TestClient, jobs: FakeJobs) -> None:
    forms = (
        {"image": text(png())},
        {"image": "data:image/png;base64," + text(png())},
        {"image": {"image": text(png()), "mask": text(png())}},
        {"image": None, "input_image": text(png()), "mask": text(png())},
    )
    answer = ask(client, *(unit(**form) for form in forms))
    assert answer.status_code == 200, answer.text
    (call,) = jobs.generation.always_on
    first, second, third, fourth = call.args
    assert first["image"] == second["image"] == png()
    assert third["image"] == {"image": png(), "mask": png()}
    assert (fourth["input_image"], fourth["mask"]) == (png(), png())
    assert decode(encode(jobs.generation), GenerationRequest) == jobs.generation


def test_units_that_are_off_are_not_judged(client: TestClient, jobs: FakeJobs) -> None:
    off = {"enabled": False, "image": "!", "model": "nope", "mask": text(png())}
    assert ask(client, off, None, False).status_code == 200
    (call,) = jobs.generation.always_on
    assert call.args[0] == {**off, "mask": png()}


def test_what_a_plot_may_change_is_left_to_it(client: TestClient, jobs: FakeJobs) -> None:
    plot = {"script_name": "X/Y/Z plot", "script_args": [0, "", []]}
    assert ask(client, unit(model="nope"), **plot).status_code == 200
    assert ask(client, unit(weight=9), **plot).status_code == 422
    assert len(jobs.submitted) == 1


def test_leniency_is_the_engines(client: TestClient, jobs: FakeJobs) -> None:
    lenient = {"override_settings": {"controlnet_lenient": True}}
    assert ask(client, unit(model="nope"), **lenient).status_code == 200
    assert ask(client, unit(weight=9), **lenient).status_code == 422


def test_a_folder_of_models_may_be_named(client: TestClient, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    shutil.copy(MODELS / "ControlNet" / f"{MODEL}.safetensors", folder / "mine.safetensors")
    named = {"override_settings": {"control_net_models_path": str(folder)}}
    assert ask(client, unit(model="mine"), **named).status_code == 200
    assert ask(client, unit(model="mine")).status_code == 422


def test_img2img_lends_its_picture(client: TestClient) -> None:
    body = {
        "init_images": [text(png())],
        "alwayson_scripts": {"controlnet": {"args": [unit(image=None)]}},
    }
    assert client.post("/sdapi/v1/img2img", json=body).status_code == 200
