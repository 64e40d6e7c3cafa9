"""Every method of webuiapi that has a route works, with the answers its users read."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import webuiapi
from PIL import Image, ImageChops

SMALL: dict[str, Any] = {"steps": 2, "width": 64, "height": 64, "seed": 7}
LISTS = {
    "get_samplers": "name",
    "get_schedulers": "name",
    "get_upscalers": "name",
    "get_latent_upscale_modes": "name",
    "get_sd_models": "title",
    "get_hypernetworks": "name",
    "get_face_restorers": "name",
    "get_realesrgan_models": "name",
    "get_loras": "alias",
}
MAY_BE_EMPTY = ("get_sd_vae", "get_prompt_styles")


@pytest.fixture(scope="module")
def api(server: httpx.Client) -> Iterator[Any]:
    client = webuiapi.WebUIApi(baseurl=f"{server.base_url}/sdapi/v1")
    yield client
    client.session.close()


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def test_txt2img(api: Any) -> None:
    result = api.txt2img(prompt="a red circle", negative_prompt="blue", **SMALL)
    assert result.image.size == (64, 64)
    assert result.info["seed"] == 7 and result.info["all_seeds"] == [7]
    assert result.info["sampler_name"] == "Euler a"
    assert result.parameters["width"] == 64 and result.parameters["steps"] == 2
    assert "Steps: 2" in result.image.info["parameters"]


def test_txt2img_of_several(api: Any) -> None:
    result = api.txt2img(prompt="a red circle", batch_size=2, n_iter=1, **SMALL, do_not_save_grid=True)
    assert result.info["all_seeds"] == [7, 8]
    assert len(result.info["infotexts"]) == len(result.images)


def test_txt2img_with_hires(api: Any) -> None:
    result = api.txt2img(
        prompt="a red circle",
        enable_hr=True,
        hr_scale=1.5,
        hr_upscaler=webuiapi.HiResUpscaler.Latent,
        **SMALL,
    )
    assert result.image.size == (96, 96)


@pytest.mark.skipif(importlib.util.find_spec("aiohttp") is None, reason="aiohttp is not installed")
def test_txt2img_without_waiting(api: Any) -> None:
    async def both() -> list[Any]:
        pending = [api.txt2img(prompt="a red circle", **SMALL, use_async=True) for _ in range(2)]
        return await asyncio.gather(*pending)

    first, second = asyncio.run(both())
    assert ImageChops.difference(first.image, second.image).getbbox() is None


def test_img2img(api: Any, square: Image.Image) -> None:
    result = api.img2img(images=[square], prompt="a red circle", denoising_strength=0.5, **SMALL)
    assert result.image.size == (64, 64)
    assert result.info["denoising_strength"] == 0.5
    assert result.parameters["init_images"] is None


def test_img2img_under_a_mask(api: Any, square: Image.Image, mask: Image.Image) -> None:
    result = api.img2img(
        images=[square], mask_image=mask, inpainting_fill=1, inpaint_full_res=False, mask_blur=0, **SMALL
    )
    right = (32, 0, 64, 64)
    assert ImageChops.difference(result.image.crop(right), square.crop(right)).getbbox() is None
    assert ImageChops.difference(result.image, square).getbbox() is not None


def test_scripts_and_seed_variations(api: Any) -> None:
    found = api.get_scripts()
    assert "x/y/z plot" in found["txt2img"] and "loopback" in found["img2img"]
    result = api.txt2img(prompt="a red circle", subseed=3, subseed_strength=0.5, **SMALL)
    assert "Variation seed: 3" in result.info["infotexts"][0]


def test_extra_single_image(api: Any, square: Image.Image) -> None:
    result = api.extra_single_image(square, upscaler_1=webuiapi.Upscaler.Lanczos, upscaling_resize=1.5)
    assert result.image.size == (96, 96)
    assert isinstance(result.info, str)


def test_extra_batch_images(api: Any, square: Image.Image) -> None:
    result = api.extra_batch_images([square, square], upscaler_1="Nearest", upscaling_resize=2)
    assert [image.size for image in result.images] == [(128, 128)] * 2


def test_png_info(api: Any) -> None:
    made = api.txt2img(prompt="a red circle", **SMALL)
    assert api.png_info(made.image).info == made.info["infotexts"][0]


def test_interrogate_says_what_is_missing(api: Any, square: Image.Image) -> None:
    with pytest.raises(RuntimeError) as caught:
        api.interrogate(square, model="clip")
    status, text = caught.value.args
    assert 400 <= status < 500
    assert "models" in text or "interrogate" in text


def test_options(api: Any) -> None:
    before = api.get_options()["eta_noise_seed_delta"]
    try:
        api.set_options({"eta_noise_seed_delta": 31337})
        assert api.get_options()["eta_noise_seed_delta"] == 31337
    finally:
        api.set_options({"eta_noise_seed_delta": before})
    assert api.get_options()["eta_noise_seed_delta"] == before


def test_model_switch(api: Any) -> None:
    titles = api.util_get_model_names()
    assert any(title.startswith("tiny-sd1.safetensors") for title in titles)
    api.util_set_model("tiny-sd1")
    assert api.util_get_current_model() in titles
    api.util_wait_for_ready(check_interval=0.2)


def test_names(api: Any) -> None:
    assert "DPM++ 2M" in api.util_get_sampler_names()
    assert "karras" in api.util_get_scheduler_names()


@pytest.mark.parametrize("method", LISTS)
def test_lists(api: Any, method: str) -> None:
    rows = getattr(api, method)()
    assert rows
    assert all(isinstance(row[LISTS[method]], str) for row in rows)


@pytest.mark.parametrize("method", MAY_BE_EMPTY)
def test_lists_that_may_be_empty(api: Any, method: str) -> None:
    assert isinstance(getattr(api, method)(), list)


def test_first_upscaler_is_none(api: Any) -> None:
    assert names(api.get_upscalers())[0] == "None"
    assert not {row["name"] for row in api.get_latent_upscale_modes()} & set(names(api.get_upscalers()))


def test_embeddings(api: Any) -> None:
    assert {kind: type(found) for kind, found in api.get_embeddings().items()} == {
        "loaded": dict,
        "skipped": dict,
    }


def test_memory(api: Any) -> None:
    assert set(api.get_memory()) == {"ram", "cuda"}


def test_flags_tell_no_secrets(api: Any) -> None:
    flags = api.get_cmd_flags()
    assert flags["use_cpu"] == ["all"]
    assert not flags.get("api_auth")


def test_progress_when_idle(api: Any) -> None:
    api.util_wait_for_ready(check_interval=0.2)
    progress = api.get_progress()
    assert progress["progress"] == 0 and progress["state"]["job_count"] == 0


@pytest.mark.parametrize("method", ["interrupt", "skip", "refresh_checkpoints"])
def test_commands_answer_json(api: Any, method: str) -> None:
    assert getattr(api, method)() in ({}, None)


@pytest.mark.parametrize("route", ["refresh-vae", "refresh-loras", "refresh-embeddings"])
def test_refresh(api: Any, route: str) -> None:
    assert api.session.post(f"{api.baseurl}/{route}").status_code == 200


def test_unload_and_reload(api: Any) -> None:
    assert isinstance(api.custom_post("unload-checkpoint", baseurl=True).images, list)
    assert isinstance(api.custom_post("reload-checkpoint", baseurl=True).images, list)
    assert api.txt2img(prompt="a red circle", **SMALL).image.size == (64, 64)


@pytest.mark.parametrize("method", ["get_artists", "get_artist_categories"])
def test_routes_of_the_past_say_not_found(api: Any, method: str) -> None:
    assert getattr(api, method)()["detail"] == "Not Found"


def test_controlnet(api: Any, square: Image.Image) -> None:
    if api.session.get(api.get_endpoint("controlnet/version", False)).status_code == 404:
        pytest.skip("the ControlNet extension is not there")
    assert isinstance(api.controlnet_version(), int)
    assert "None" in api.controlnet_model_list() or isinstance(api.controlnet_model_list(), list)
    assert "canny" in api.controlnet_module_list()
    assert api.controlnet_detect([square], module="canny", processor_res=64).image.size == (64, 64)


def test_controlnet_scripts_that_are_off(api: Any) -> None:
    scripts = {"ControlNet": {"args": []}, "ADetailer": {"args": [False]}, "animatediff": {"args": [False]}}
    assert api.txt2img(prompt="a red circle", alwayson_scripts=scripts, **SMALL).image.size == (64, 64)
