"""Every route that makes pictures, in each of its spellings."""

from __future__ import annotations

import base64
import json

import pytest

from tests.extensions.fooocus.conftest import FooocusServer
from tests.sdapi.fakes import png

DATA = png(64, 64)
TEXT = base64.b64encode(DATA).decode()


@pytest.mark.parametrize("path", ["image-inpaint-outpaint", "image-inpait-outpaint", "image-prompt"])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_old_and_new_spellings(path: str, version: str, fooocus: FooocusServer) -> None:
    body = {"input_image": TEXT, "outpaint_selections": ["Left"], "image_prompts": []}
    made = fooocus.make(f"/{version}/generation/{path}", **body)
    assert made.inpaint is not None
    assert made.inpaint.sides == ("Left",)


def test_a_missing_list_of_image_prompts_is_refused(fooocus: FooocusServer) -> None:
    answer = fooocus.client.post("/v2/generation/image-prompt", json={"prompt": "a"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "image_prompts"]
    assert answer.json()["body"] == {"prompt": "a"}


def test_a_form_with_raw_files(fooocus: FooocusServer) -> None:
    data = {"uov_method": "Upscale (2x)", "async_process": "True", "advanced_params": "None"}
    answer = fooocus.client.post(
        "/v1/generation/image-upscale-vary", data=data, files={"input_image": ("input_image", DATA)}
    )
    assert answer.json()["job_type"] == "Image Upscale or Variation"
    assert fooocus.request.upscale is not None
    assert fooocus.request.upscale.image == DATA


def test_a_form_has_to_name_the_method(fooocus: FooocusServer) -> None:
    files = {"input_image": ("input_image", DATA)}
    answer = fooocus.client.post("/v1/generation/image-upscale-vary", data={"prompt": "a"}, files=files)
    assert answer.json()["detail"][0]["loc"] == ["body", "uov_method"]


def test_json_on_a_route_for_forms(fooocus: FooocusServer) -> None:
    body = {"input_image": f"data:image/png;base64,{TEXT}"}
    made = fooocus.make("/v1/generation/image-upscale-vary", **body)
    assert made.upscale is not None
    assert made.upscale.factor == 2.0


def test_a_form_without_files_comes_urlencoded(fooocus: FooocusServer) -> None:
    data = {"prompt": "a", "outpaint_selections": ["Left", "Right"], "image_prompts": "{'cn_stop': 0.6}"}
    assert fooocus.client.post("/v1/generation/image-prompt", data=data).status_code == 200
    assert (fooocus.request.word, fooocus.request.control.pictures) == ("fooocus-prompt", ())


def test_numbered_image_prompts_of_a_form(fooocus: FooocusServer) -> None:
    data = {"cn_type1": "PyraCanny", "cn_stop1": "0.6", "cn_weight1": "", "cn_type2": "CPDS"}
    files = {"cn_img1": ("cn_img1", DATA), "cn_img2": ("cn_img2", b"")}
    assert fooocus.client.post("/v1/generation/image-prompt", data=data, files=files).status_code == 200
    (picture,) = fooocus.request.control.pictures
    assert (picture.kind, picture.stop, picture.weight) == ("PyraCanny", 0.6, 1.0)


def test_a_worker_sends_every_field_as_text(fooocus: FooocusServer) -> None:
    data = {
        "api_name": "upscale-vary",
        "uov_method": "Vary (Strong)",
        "style_selections": json.dumps(["Fooocus V2", "Fooocus Sharp"]),
        "advanced_params": json.dumps({"overwrite_step": 5}),
        "loras": json.dumps([{"model_name": "tiny.safetensors", "weight": 0.3}]),
        "image_seed": "12",
        "require_base64": "true",
        "upscale_value": "",
    }
    files = {"input_image": ("bear.jpg", DATA, "image/jpeg")}
    answer = fooocus.client.post("/v1/generation/image-upscale-vary", data=data, files=files)
    assert answer.status_code == 200
    made = fooocus.request
    assert (made.base.steps, made.pictures[0].seed, made.saving.base64) == (5, 12, True)
    assert made.pictures[0].styles == ("Fooocus Sharp",)
    assert "<lora:tiny:0.3>" in made.base.per_picture.prompts[0]


def test_a_get_is_answered_quickly(fooocus: FooocusServer) -> None:
    assert fooocus.client.get("/v1/generation/text-to-image").status_code == 405
    assert fooocus.client.get("/v1/generation/nothing").json() == {"detail": "Not Found"}


def test_a_forms_enhancement(fooocus: FooocusServer) -> None:
    data = {"enhance_uov_method": "Vary (Subtle)", "enhance_enabled_1": "False"}
    files = {"enhance_input_image": ("x", DATA)}
    assert fooocus.client.post("/v1/generation/image-enhance", data=data, files=files).status_code == 200
    assert fooocus.request.word == "fooocus-enhance"
