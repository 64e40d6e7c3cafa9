"""ADetailer and Dynamic Prompts as clients send them: answered, acted on, and written in infotexts."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import webuiapi
from PIL import Image

from tests.clients.conftest import as_base64
from tests.extensions.adetailer.detail_engine import drawing
from tests.extensions.adetailer.yolo_files import red_finder, save_module

BASE: dict[str, Any] = {
    "prompt": "a red circle",
    "width": 64,
    "height": 64,
    "steps": 2,
    "seed": 7,
    "sampler_name": "Euler a",
}
FACE = "face_yolov8n.pt"
FOLDER = "ad_extra_models_dir"


@pytest.fixture(scope="module")
def detectors(server: httpx.Client, data_folder: Path) -> Iterator[httpx.Client]:
    """The server, with a detector by the name that clients know; it finds what is red."""
    save_module(red_finder(), data_folder / "detectors" / FACE)
    server.post("/sdapi/v1/options", json={FOLDER: "detectors"}).raise_for_status()
    yield server
    server.post("/sdapi/v1/options", json={FOLDER: ""}).raise_for_status()


AUTO_PHOTOSHOP = {
    "ad_model": FACE,
    "ad_prompt": "",
    "ad_negative_prompt": "",
    "ad_confidence": 0.3,
    "ad_mask_min_ratio": 0,
    "ad_mask_max_ratio": 1,
    "ad_x_offset": 0,
    "ad_y_offset": 0,
    "ad_dilate_erode": 4,
    "ad_mask_merge_invert": "None",
    "ad_mask_blur": 4,
    "ad_denoising_strength": 0.4,
    "ad_inpaint_only_masked": True,
    "ad_inpaint_only_masked_padding": 32,
    "ad_use_inpaint_width_height": False,
    "ad_inpaint_width": 512,
    "ad_inpaint_height": 512,
    "ad_use_steps": False,
    "ad_steps": 28,
    "ad_use_cfg_scale": False,
    "ad_cfg_scale": 7,
    "ad_use_sampler": False,
    "ad_sampler": "DPM++ 2M Karras",
    "ad_use_noise_multiplier": False,
    "ad_noise_multiplier": 1,
    "ad_use_clip_skip": False,
    "ad_clip_skip": 1,
    "ad_restore_face": False,
    "ad_controlnet_model": "None",
    "ad_controlnet_module": None,
    "ad_controlnet_weight": 1,
    "ad_controlnet_guidance_start": 0,
    "ad_controlnet_guidance_end": 1,
}
SDAI = {
    "ad_model": FACE,
    "ad_prompt": "",
    "ad_negative_prompt": "",
    "ad_confidence": 0.3,
    "ad_dilate_erode": 4,
    "ad_denoising_strength": 0.4,
    "ad_inpaint_only_masked": True,
    "ad_inpaint_only_masked_padding": 32,
    "is_api": True,
}
CYANIC = {"ad_model": FACE, "ad_prompt": "", "ad_negative_prompt": "", "ad_confidence": 0.3}
NONE = {"ad_model": "None"}
SENT: dict[str, tuple[str, list[Any]]] = {
    "SillyTavern": ("ADetailer", [True, True, {"ad_model": FACE}]),
    "SDAI": ("ADetailer", [True, False, SDAI]),
    "sd-quick-ui": ("ADetailer", [{"ad_model": FACE}, NONE, NONE, NONE]),
    "Auto-Photoshop": ("ADetailer", [True, AUTO_PHOTOSHOP]),
    "cyanic-sd-krita": ("adetailer", [True, False, CYANIC, NONE]),
}


def generate(server: httpx.Client, route: str = "txt2img", **body: Any) -> dict[str, Any]:
    answer = server.post(f"/sdapi/v1/{route}", json=BASE | body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def infotext(answer: dict[str, Any]) -> str:
    return str(json.loads(answer["info"])["infotexts"][0])


@pytest.mark.parametrize("client", SENT)
def test_units_are_read_as_clients_send_them(detectors: httpx.Client, client: str) -> None:
    title, args = SENT[client]
    answer = generate(detectors, alwayson_scripts={title: {"args": args}})
    assert len(answer["images"]) == 1
    assert f"ADetailer model: {FACE}, ADetailer confidence: 0.3" in infotext(answer)
    assert all("found nothing" in warning for warning in answer.get("warnings", ()))


def test_what_is_found_is_repainted(detectors: httpx.Client) -> None:
    unit = {"ad_model": FACE, "ad_denoising_strength": 0.9, "ad_mask_merge_invert": "Merge"}
    start = {"init_images": [as_base64(drawing())], "denoising_strength": 0.5, "steps": 4}
    scripts = {"ADetailer": {"args": [True, True, unit]}}
    answer = generate(detectors, "img2img", **start, alwayson_scripts=scripts)
    with Image.open(io.BytesIO(base64.b64decode(answer["images"][0]))) as made:
        difference = np.abs(np.asarray(made, np.int16) - np.asarray(drawing(), np.int16)).max(-1)
    assert (difference[28:38, 12:22] > 0).mean() > 0.5
    assert not difference[:, 52:].any()


def test_the_library_sends_units_too(detectors: httpx.Client) -> None:
    api = webuiapi.WebUIApi(baseurl=f"{detectors.base_url}/sdapi/v1")
    units = [webuiapi.ADetailer(ad_model=FACE, ad_mask_k_largest=1)]
    made = api.img2img([drawing()], prompt="a blue square", width=64, height=64, steps=2, adetailer=units)
    assert isinstance(made, webuiapi.WebUIApiResult)
    text = made.info["infotexts"][0]
    assert f"ADetailer model: {FACE}" in text
    assert "ADetailer mask k: 1" in text


@pytest.mark.parametrize("args", [[], [False], [False, False, {"ad_model": "nowhere.pt"}], [True], [NONE]])
def test_what_is_switched_off_asks_nothing(detectors: httpx.Client, args: list[Any]) -> None:
    answer = generate(detectors, alwayson_scripts={"ADetailer": {"args": args}})
    assert "ADetailer" not in infotext(answer)
    assert not answer.get("warnings")


def test_a_detector_that_is_not_there_is_an_error_of_the_field(server: httpx.Client) -> None:
    body = BASE | {"alwayson_scripts": {"ADetailer": {"args": [{"ad_model": "hand_yolov8s.pt"}]}}}
    answer = server.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert "alwayson_scripts.adetailer.args.0.ad_model" in answer.text
    assert "hand_yolov8s.pt" in answer.text


def test_detectors_and_fields_are_listed(detectors: httpx.Client) -> None:
    assert detectors.get("/adetailer/v1/ad_model").json() == {"ad_model": [FACE, "retinaface"]}
    assert detectors.get("/adetailer/v1/version").json()["version"]
    fields = detectors.get("/adetailer/v1/schema").json()["properties"]
    assert fields["ad_confidence"]["default"] == 0.3


def test_script_info_has_both_scripts_with_their_arguments(server: httpx.Client) -> None:
    rows = {row["name"]: row for row in server.get("/sdapi/v1/script-info").json()}
    assert [arg["label"] for arg in rows["adetailer"]["args"]][:2] == ["Enable ADetailer", "Skip img2img"]
    (title,) = [name for name in rows if name.startswith("dynamic prompts v")]
    assert len(rows[title]["args"]) == 18
    assert rows[title]["args"][0]["value"] is True
    scripts = server.get("/sdapi/v1/scripts").json()
    assert {"adetailer", title} <= set(scripts["txt2img"]) & set(scripts["img2img"])


def test_png_info_tells_the_units_fields(detectors: httpx.Client) -> None:
    answer = generate(detectors, alwayson_scripts={"ADetailer": {"args": [{"ad_model": FACE}]}})
    read = detectors.post("/sdapi/v1/png-info", json={"image": answer["images"][0]}).json()
    assert read["parameters"]["ADetailer 0 ad_model"] == FACE


TITLES = ["Dynamic Prompts v2.6.3", "dynamic prompts v2.17.1", "Dynamic Prompts"]


@pytest.mark.parametrize("title", TITLES)
def test_templates_are_read_by_the_title_of_any_version(server: httpx.Client, title: str) -> None:
    """As openOutpaint sends it, with the title that it read from the listing."""
    prompt = {"prompt": "a {red|blue} circle"}
    on = generate(server, **prompt, alwayson_scripts={title: {"args": [True]}})
    off = generate(server, **prompt, alwayson_scripts={title: {"args": [False]}})
    assert json.loads(on["info"])["prompt"] in ("a red circle", "a blue circle")
    assert json.loads(off["info"])["prompt"] == prompt["prompt"]


def test_an_option_reads_templates_of_one_request(server: httpx.Client) -> None:
    prompt, option = "a {red|red} circle", {"wildcards": True}
    answer = generate(server, prompt=prompt, override_settings=option)
    assert json.loads(answer["info"])["prompt"] == "a red circle"
    assert json.loads(generate(server, prompt=prompt)["info"])["prompt"] == prompt


def test_a_hostile_template_is_the_clients_fault(server: httpx.Client) -> None:
    args = [True, True, 1]
    body = BASE | {
        "prompt": " ".join(["{a|b|c|d}"] * 20),
        "alwayson_scripts": {TITLES[0]: {"args": args}},
    }
    answer = server.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert "more than" in answer.text


def test_a_unit_may_have_templates_in_its_prompt(detectors: httpx.Client) -> None:
    body: dict[str, Any] = {
        "init_images": [as_base64(drawing())],
        "denoising_strength": 0.0,
        "override_settings": {"wildcards": True},
        "alwayson_scripts": {"ADetailer": {"args": [{"ad_model": FACE, "ad_prompt": "a {blue|blue} eye"}]}},
    }
    answer = generate(detectors, "img2img", **body)
    assert "ADetailer prompt: a {blue|blue} eye" in infotext(answer)
    assert io.BytesIO(base64.b64decode(answer["images"][0])).getvalue()
