"""Fooocus-API-python-client, generated from the original's document: all its 18 methods, files and JSON."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import base64
import os
import sys
import time
import urllib.request
from typing import Any

import fooocusapi_client as client

PICTURE, MASK = sys.argv[1:3]
URL = os.environ["SERVER_URL"].rstrip("/")
SMALL = {"overwrite_step": 2, "overwrite_width": 64, "overwrite_height": 64}
api: Any = client.DefaultApi(client.ApiClient(client.Configuration(host=URL)))


def text_of(path: str) -> str:
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def advanced() -> Any:
    return client.ImgInpaintOrOutpaintRequestJsonAdvancedParams(dict(SMALL))


def form() -> dict[str, Any]:
    """The fields of every form; the client can't write advanced_params, loras and stops into one."""
    return {"prompt": "a cat", "style_selections": ["Fooocus Enhance", "Fooocus Sharp"]}


def shown(answer: Any, *, count: int = 1) -> list[dict[str, Any]]:
    """The pictures of an answer, each of which can be fetched."""
    items = answer.actual_instance
    assert isinstance(items, list), items
    assert len(items) == count
    for item in items:
        assert item["finish_reason"] == "SUCCESS"
        assert isinstance(item["seed"], str)
        with urllib.request.urlopen(item["url"]) as found:
            assert found.read(4) == b"\x89PNG"
    return items


def plain(answer: Any) -> dict[str, Any]:
    """An answer of one of several types, which the client leaves as JSON or not."""
    found = answer.actual_instance
    return found if isinstance(found, dict) else found.to_dict()


def finished(job_id: str) -> Any:
    """Poll a job to its end."""
    for _ in range(600):
        found = api.query_job_v1_generation_query_job_get(job_id, require_step_preview=True)
        if found.job_stage.value in ("SUCCESS", "ERROR"):
            return found
        time.sleep(0.2)
    raise AssertionError("the job does not end")


def listings() -> None:
    assert api.ping_ping_get() == "pong"
    assert api.home_get() is not None
    names = api.all_models_v1_engines_all_models_get()
    assert names.model_filenames == ["tiny-sd1.safetensors"]
    assert "tiny-lora-unet-te.safetensors" in names.lora_filenames
    assert api.refresh_models_v1_engines_refresh_models_post().model_filenames == names.model_filenames
    assert "Fooocus Enhance" in api.all_styles_v1_engines_styles_get()


def words() -> str:
    request = client.Text2ImgRequest(prompt="a cat", image_number=2, require_base64=True)
    request.advanced_params = advanced()
    first, _ = shown(api.text2img_generation_v1_generation_text_to_image_post(request), count=2)
    assert base64.b64decode(first["base64"].partition(",")[2])[:4] == b"\x89PNG"
    request.async_process = True
    job_id = str(plain(api.text2img_generation_v1_generation_text_to_image_post(request))["job_id"])
    ended = finished(job_id)
    assert (ended.job_stage.value, ended.job_progress) == ("SUCCESS", 100)
    assert ended.job_type.value == "Text to Image"
    return job_id


def outline() -> Any:
    """An image prompt of JSON."""
    return client.ImagePromptJson(
        cn_img=client.CnImg1(text_of(PICTURE)),
        cn_stop=client.CnStop1(0.5),
        cn_weight=client.CnWeight1(1.0),
        cn_type=client.ControlNetType("PyraCanny"),
    )


def words_and_pictures() -> None:
    request = client.Text2ImgRequestWithPrompt(prompt="a cat", image_prompts=[])
    request.advanced_params = advanced()
    request.image_prompts = [outline()]
    shown(api.text_to_img_with_ip_v2_generation_text_to_image_with_ip_post(request))


def upscaling() -> None:
    method = client.UpscaleOrVaryMethod("Vary (Subtle)")
    given = {**form(), "input_image": PICTURE, "uov_method": method}
    shown(api.img_upscale_or_vary_v1_generation_image_upscale_vary_post(**given))
    custom = client.UpscaleOrVaryMethod("Upscale (Custom)")
    larger = {**given, "uov_method": custom}
    shown(api.img_upscale_or_vary_v1_generation_image_upscale_vary_post(**larger))
    request = client.ImgUpscaleOrVaryRequestJson(uov_method=method, input_image=text_of(PICTURE))
    request.advanced_params = advanced()
    shown(api.img_upscale_or_vary_v2_v2_generation_image_upscale_vary_post(request))


def repainting() -> None:
    masked = {**form(), "input_image": PICTURE, "input_mask": MASK}
    shown(api.img_inpaint_or_outpaint_v1_generation_image_inpaint_outpaint_post(**masked))
    wider = {**form(), "input_image": PICTURE, "outpaint_selections": ["Left", "Right"]}
    shown(
        api.img_inpaint_or_outpaint_v1_generation_image_inpaint_outpaint_post(
            **wider, outpaint_distance_left=16, outpaint_distance_right=16
        )
    )
    request = client.ImgInpaintOrOutpaintRequestJson(input_image=text_of(PICTURE))
    request.advanced_params = advanced()
    request.outpaint_selections = [client.OutpaintExpansion("Left")]
    shown(api.img_inpaint_or_outpaint_v2_v2_generation_image_inpaint_outpaint_post(request))


def image_prompts() -> None:
    given = {**form(), "cn_img1": PICTURE, "cn_type1": "PyraCanny"}
    shown(api.img_prompt_v1_generation_image_prompt_post(**given))
    either = client.ImgInpaintOrOutpaintRequestJsonImagePromptsInner(outline())
    request = client.ImgPromptRequestJson(prompt="a cat", image_prompts=[either])
    request.advanced_params = advanced()
    shown(api.img_prompt_v2_generation_image_prompt_post(request))


def describing() -> None:
    photo = client.DescribeImageType("Photo")
    assert isinstance(api.describe_image_v1_tools_describe_image_post(PICTURE, type=photo).describe, str)


def jobs(job_id: str) -> None:
    sizes = api.job_queue_v1_generation_job_queue_get()
    assert (sizes.running_size, sizes.finished_size > 0) == (0, True)
    history = plain(api.get_history_v1_generation_job_history_get())["history"]
    assert job_id in [item["job_id"] for item in history]
    assert api.stop_v1_generation_stop_post().msg == "success"


listings()
job_of_words = words()
words_and_pictures()
upscaling()
repainting()
image_prompts()
describing()
jobs(job_of_words)
