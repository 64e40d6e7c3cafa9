"""Detection over HTTP: maps made by the server, or by an engine in its turn."""

from __future__ import annotations

import base64
import io
import subprocess
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from extensions.controlnet.kinds import DetectRequest
from tests.extensions.controlnet.encoded import PIXEL, encoded
from tests.sdapi.fakes import FakeJobs


def test_detect(client: TestClient) -> None:
    picture = np.random.RandomState(0).randint(0, 255, (16, 32, 3)).astype(np.uint8)
    body = {"controlnet_module": "invert", "controlnet_input_images": [encoded(picture)]}
    answer = client.post("/controlnet/detect", json=body).json()
    assert answer["info"] == "Success"
    with Image.open(io.BytesIO(base64.b64decode(answer["images"][0]))) as image:
        assert np.array_equal(np.asarray(image), 255 - picture)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"controlnet_module": "nope"}, "Module not available"),
        ({"controlnet_module": "canny"}, "No image selected"),
        ({"controlnet_module": "ip-adapter-auto", "controlnet_input_images": ["x"]}, "Module not supported"),
        ({"controlnet_module": "inpaint_only", "controlnet_input_images": ["x"]}, "controlnet_masks"),
        ({"controlnet_module": "canny", "controlnet_input_images": ["////"]}, "Invalid encoded image"),
    ],
)
def test_detect_says_what_is_wrong(client: TestClient, body: dict[str, Any], text: str) -> None:
    answer = client.post("/controlnet/detect", json=body)
    assert answer.status_code == 422
    assert text in answer.json()["detail"]


def test_detect_hands_weighted_work_to_an_engine(client: TestClient, jobs: FakeJobs) -> None:
    picture = np.random.RandomState(0).randint(0, 255, (16, 32, 3)).astype(np.uint8)
    mask = np.zeros((16, 32), np.uint8)
    mask[:, :16] = 255
    body = {
        "controlnet_module": "inpaint_only+lama",
        "controlnet_input_images": [encoded(picture)],
        "controlnet_masks": [encoded(mask)],
    }
    answer = client.post("/controlnet/detect", json=body).json()
    assert (len(answer["images"]), answer["info"]) == (1, "Success")
    ((job_id, request),) = jobs.submitted
    assert job_id.startswith("task(detect-")
    assert isinstance(request, DetectRequest)
    assert request.module == "inpaint_only+lama"
    with Image.open(io.BytesIO(request.images[0])) as image:
        assert np.array_equal(np.asarray(image), np.dstack([picture, mask]))


def test_who_does_not_wait_for_detection_is_told_the_job(client: TestClient, jobs: FakeJobs) -> None:
    picture = encoded(np.zeros((16, 32, 3), np.uint8))
    body = {"controlnet_module": "lineart_anime", "controlnet_input_images": [picture]}
    answer = client.post("/controlnet/detect?async=1", json=body)
    assert (answer.status_code, answer.json()["id"]) == (202, jobs.submitted[0][0])


def test_detect_passes_sliders_on(client: TestClient, jobs: FakeJobs) -> None:
    body = {
        "controlnet_module": "mlsd",
        "controlnet_input_images": [encoded(np.zeros((8, 8, 3), np.uint8))],
        "controlnet_processor_res": 256,
        "controlnet_threshold_a": 0.2,
        "controlnet_threshold_b": 99,
    }
    assert client.post("/controlnet/detect", json=body).status_code == 200
    request = jobs.submitted[0][1]
    assert isinstance(request, DetectRequest)
    assert (request.resolution, request.a, request.b) == (256, 0.2, 0.1)


@pytest.mark.parametrize("module", ["normal_dsine", "depth_hand_refiner"])
def test_detect_says_what_can_not_be_run(client: TestClient, jobs: FakeJobs, module: str) -> None:
    picture = encoded(np.zeros((8, 8, 3), np.uint8))
    answer = client.post(
        "/controlnet/detect", json={"controlnet_module": module, "controlnet_input_images": [picture]}
    )
    assert answer.status_code == 422
    assert f"preprocessor {module} can't be run: it needs" in answer.json()["detail"]
    assert jobs.submitted == []


def test_detect_reads_what_old_clients_send(client: TestClient) -> None:
    body = {
        "controlnet_module": "binary",
        "controlnet_input_images": [PIXEL],
        "controlnet_processor_res": 64.7,
        "controlnet_threshold_a": None,
        "controlnet_masks": None,
    }
    answer = client.post("/controlnet/detect", json=body)
    assert answer.status_code == 200, answer.text
    long = encoded(np.zeros((1, 3000, 3), np.uint8))
    refused = client.post(
        "/controlnet/detect",
        json={**body, "controlnet_input_images": [long], "controlnet_processor_res": 2048},
    )
    assert refused.status_code == 422 and "is beyond" in refused.text


@pytest.mark.parametrize(("module", "dark"), [("scribble", 255), ("binary", 255), ("tile_gaussian", None)])
def test_retired_modules_still_run(client: TestClient, module: str, dark: int | None) -> None:
    array = np.full((64, 64, 3), 200, np.uint8)
    array[:, :32] = 20
    body = {
        "controlnet_module": module,
        "controlnet_input_images": [encoded(array)],
        "controlnet_processor_res": 64,
    }
    (image,) = client.post("/controlnet/detect", json=body).json()["images"]
    made = np.array(Image.open(io.BytesIO(base64.b64decode(image))))
    assert made[0, 0, 0] == (20 if dark is None else dark)
    assert made[0, 63, 0] == (200 if dark is None else 0)
    listed = client.get("/controlnet/module_list").json()["module_list"]
    assert module not in listed


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n%%EOF\n"


@pytest.mark.parametrize("field", ["controlnet_input_images", "controlnet_masks"])
def test_detect_starts_no_program(client: TestClient, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: started.append(args))
    body = {
        "controlnet_module": "inpaint_only",
        "controlnet_input_images": [PIXEL],
        "controlnet_masks": [PIXEL],
    }
    body[field] = [base64.b64encode(EPS).decode()]
    answer = client.post("/controlnet/detect", json=body)
    assert (answer.status_code, started) == (422, [])
    assert f"{field}.0" in answer.text


def test_detect_reads_deep_grey(client: TestClient) -> None:
    ramp = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    body = {"controlnet_module": "invert", "controlnet_processor_res": 64}
    maps = [
        client.post("/controlnet/detect", json={**body, "controlnet_input_images": [picture]}).json()[
            "images"
        ]
        for picture in (encoded(ramp), encoded(ramp.astype(np.uint16) * 257), encoded(ramp).rstrip("="))
    ]
    assert maps[0] == maps[1] == maps[2]
