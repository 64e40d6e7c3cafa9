"""The extension's routes, old and new."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from extensions.controlnet.kinds import DetectRequest
from extensions.controlnet.routes.legacy import modern_unit, split_body
from extensions.controlnet.routes.old_mask import with_drawing
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.extensions.controlnet.control_engine import MODELS
from tests.sdapi.fakes import FakeCatalog, FakeJobs


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def client(tmp_path: Path, jobs: FakeJobs) -> TestClient:
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "models_dir": str(MODELS)})
    return TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog())))


def encoded(array: Any) -> str:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


PIXEL = encoded(np.full((8, 8, 3), 90, np.uint8))


def test_listings(client: TestClient) -> None:
    assert client.get("/controlnet/version").json() == {"version": 3}
    assert client.get("/controlnet/settings").json() == {"control_net_unit_count": 3}
    (model,) = client.get("/controlnet/model_list?update=false").json()["model_list"]
    assert model == "tiny-control-canny [795b60b5]"
    modules = client.get("/controlnet/module_list?alias_names=true").json()
    assert len(modules["module_list"]) == 72
    assert next(s["name"] for s in modules["module_detail"]["canny"]["sliders"]) == "Resolution"
    types = client.get("/controlnet/control_types").json()["control_types"]
    assert len(types) == 21
    assert types["Canny"]["default_model"] == model
    assert types["Depth"]["default_model"] == "None"


def test_the_script_is_listed_as_clients_look_for_it(client: TestClient) -> None:
    scripts = client.get("/sdapi/v1/scripts").json()
    assert {"controlnet", "controlnet m2m"} <= set(scripts["txt2img"]) & set(scripts["img2img"])
    assert client.get("/sdapi/v1/options").json()["control_net_unit_count"] == 3


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


def test_poses_are_drawn(client: TestClient) -> None:
    assert client.post("/controlnet/render_openpose_json", json=[]).json() == {
        "info": "No pose data detected."
    }
    nose = [0.5, 0.5, 1.0] + [0.0, 0.0, 0.0] * 17
    canvas = {"people": [{"pose_keypoints_2d": nose}], "canvas_width": 64, "canvas_height": 32}
    answer = client.post("/controlnet/render_openpose_json", json=[canvas]).json()
    with Image.open(io.BytesIO(base64.b64decode(answer["images"][0]))) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (32, 64, 3)
    assert tuple(pixels[16, 32]) == (255, 0, 0)
    assert client.post("/controlnet/render_openpose_json", json=[{"people": []}]).status_code == 422


def test_old_routes_pass_units_on(client: TestClient) -> None:
    body = {
        "prompt": "dog",
        "controlnet_units": [
            {"input_image": PIXEL, "module": "canny", "model": "tiny-control-canny", "guessmode": False}
        ],
    }
    answer = client.post("/controlnet/txt2img", json=body)
    assert answer.status_code == 200
    parameters = answer.json()["parameters"]
    assert parameters["controlnet_units"] == body["controlnet_units"]
    assert parameters["alwayson_scripts"] == {}


def test_flat_fields_become_the_first_unit() -> None:
    plain, units = split_body(
        {
            "prompt": "x",
            "controlnet_input_image": ["AA"],
            "controlnet_module": "hed",
            "controlnet_units": [{"module": "mlsd"}],
        }
    )
    assert plain == {"prompt": "x"}
    assert units == [{"input_image": "AA", "module": "hed"}, {"module": "mlsd"}]


def test_old_defaults_keep_their_meaning() -> None:
    old = modern_unit(
        {"module": "canny", "processor_res": 64, "threshold_a": 64, "threshold_b": 64, "guidance": 0.5}
    )
    assert old == {
        "enabled": True,
        "module": "canny",
        "control_mode": "ControlNet is more important",
        "processor_res": -1,
        "threshold_a": -1,
        "threshold_b": -1,
        "guidance_end": 0.5,
    }
    kept = modern_unit({"processor_res": 512, "threshold_a": 100, "guessmode": False, "guidance": 1.0})
    assert (kept["threshold_a"], kept["control_mode"]) == (100, "Balanced")
    assert "guidance_end" not in kept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": "abc"}, "steps"),
        ({"controlnet_units": {"module": "canny"}}, "controlnet_units"),
        ({"controlnet_units": "canny"}, "controlnet_units"),
        ({"controlnet_units": [{"mask": "!", "input_image": "AA"}]}, "controlnet_units.mask"),
    ],
)
def test_old_routes_name_what_is_wrong(client: TestClient, body: dict[str, Any], field: str) -> None:
    for route in ("txt2img", "img2img"):
        answer = client.post(f"/controlnet/{route}", json={"init_images": [PIXEL], **body})
        assert answer.status_code == 422
        assert field in answer.text


def test_numbers_that_are_none_are_left_for_the_unit_to_refuse() -> None:
    old = modern_unit({"processor_res": "x", "guidance": "y"})
    assert (old["processor_res"], old["guidance_end"]) == ("x", "y")


def test_an_early_spelling_makes_no_unit_alone() -> None:
    assert split_body({"guess_mode": False, "controlnet_units": [1]}) == ({}, [1])
    assert split_body({"controlnet_input_image": [], "controlnet_module": ""}) == ({}, [])
    _, units = split_body({"guess_mode": False, "controlnet_module": "hed"})
    assert units == [{"guessmode": False, "module": "hed"}]


def test_an_old_mask_is_a_drawing_in_the_pictures_place() -> None:
    mask = np.full((8, 8, 3), 255, np.uint8)
    mask[2] = 0
    made = with_drawing({"module": "none", "input_image": "AA", "mask": encoded(mask), "weight": 1})
    assert set(made) == {"module", "image", "weight"}
    drawn = np.array(Image.open(io.BytesIO(base64.b64decode(made["image"]))))
    assert (drawn[2] == 255).all() and not np.delete(drawn, 2, axis=0).any()
    blank = with_drawing({"input_image": "AA", "mask": encoded(np.zeros((8, 8, 3), np.uint8))})
    assert blank == {"input_image": "AA"}
    repainted = {"module": "inpaint", "input_image": "AA", "mask": encoded(mask)}
    assert with_drawing(repainted) == repainted


@pytest.mark.parametrize(
    "change",
    [{"canvas_width": 0}, {"canvas_height": 200_000}, {"people": [{"pose_keypoints_2d": [1e300, 0, 1]}]}],
)
def test_poses_beyond_measure_are_refused(client: TestClient, change: dict[str, Any]) -> None:
    canvas = {"people": [], "canvas_width": 64, "canvas_height": 64, **change}
    assert client.post("/controlnet/render_openpose_json", json=[canvas]).status_code == 422


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


@pytest.mark.parametrize("place", ["image", "mask", "effective_region_mask"])
def test_pictures_of_units_obey_the_limit(tmp_path: Path, jobs: FakeJobs, place: str) -> None:
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "max_image_pixels": 63})
    client = TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog())))
    unit = {"image": encoded(np.zeros((7, 7, 3), np.uint8)), "module": "canny", place: PIXEL}
    body = {"alwayson_scripts": {"controlnet": {"args": [unit]}}}
    answer = client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert f"controlnet.args.0.{place}: Image of 8x8" in answer.text
