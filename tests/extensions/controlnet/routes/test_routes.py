"""Listings of models and preprocessors, drawn poses, and limits of units' pictures."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.extensions.controlnet.encoded import PIXEL, encoded
from tests.sdapi.fakes import FakeCatalog, FakeJobs


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


@pytest.mark.parametrize(
    "change",
    [{"canvas_width": 0}, {"canvas_height": 200_000}, {"people": [{"pose_keypoints_2d": [1e300, 0, 1]}]}],
)
def test_poses_beyond_measure_are_refused(client: TestClient, change: dict[str, Any]) -> None:
    canvas = {"people": [], "canvas_width": 64, "canvas_height": 64, **change}
    assert client.post("/controlnet/render_openpose_json", json=[canvas]).status_code == 422


@pytest.mark.parametrize("place", ["image", "mask", "effective_region_mask"])
def test_pictures_of_units_obey_the_limit(tmp_path: Path, jobs: FakeJobs, place: str) -> None:
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "max_image_pixels": 63})
    client = TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog())))
    unit = {"image": encoded(np.zeros((7, 7, 3), np.uint8)), "module": "canny", place: PIXEL}
    body = {"alwayson_scripts": {"controlnet": {"args": [unit]}}}
    answer = client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert f"controlnet.args.0.{place}: Image of 8x8" in answer.text
