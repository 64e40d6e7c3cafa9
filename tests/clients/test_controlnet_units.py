"""ControlNet units as three clients send them: the picture is controlled, and the map follows it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
import webuiapi
from PIL import Image

BASE: dict[str, Any] = {
    "prompt": "a red circle",
    "width": 64,
    "height": 64,
    "steps": 2,
    "seed": 7,
    "sampler_name": "Euler a",
    "cfg_scale": 7,
}


@pytest.fixture(scope="module")
def model(server: httpx.Client) -> str:
    """The title of the small control network for edges."""
    (title,) = server.get("/controlnet/model_list").json()["model_list"]
    return str(title)


def auto_photoshop(picture: str, model: str) -> dict[str, Any]:
    """A unit as Auto-Photoshop-SD 1.4.1 sends it."""
    return {
        "input_image": picture,
        "mask": "",
        "module": "canny",
        "model": model,
        "weight": 1,
        "resize_mode": "Scale to Fit (Inner Fit)",
        "lowvram": True,
        "processor_res": 64,
        "threshold_a": 100,
        "threshold_b": 200,
        "guidance_start": 0,
        "guidance_end": 1,
        "guessmode": False,
        "control_mode": "Balanced",
        "pixel_perfect": False,
        "enabled": True,
    }


def stable_diffusion_api(picture: str, model: str) -> dict[str, Any]:
    """stable-diffusion-api 0.0.7: data URLs, no ``enabled``, both names of the end of guidance."""
    return {
        "input_image": f"data:image/png;base64,{picture}",
        "module": "canny",
        "model": model,
        "weight": 1,
        "resize_mode": "Scale to Fit (Inner Fit)",
        "lowvram": False,
        "processor_res": 64,
        "threshold_a": 64,
        "threshold_b": 64,
        "guidance": 1,
        "guidance_start": 0,
        "guidance_end": 1,
        "guessmode": False,
    }


SHAPES = {"Auto-Photoshop": auto_photoshop, "stable-diffusion-api": stable_diffusion_api}


def answered(server: httpx.Client, route: str, body: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    response = server.post(route, json=body)
    assert response.status_code == 200, response.text[:500]
    texts: list[str] = response.json()["images"]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")) for text in texts]


def with_units(body: dict[str, Any], *units: dict[str, Any], title: str = "controlnet") -> dict[str, Any]:
    return {**body, "alwayson_scripts": {title: {"args": list(units)}}}


def is_square_of_edges(shown: np.ndarray[Any, Any]) -> bool:
    """White lines on black along the square of 16..48, nothing in its middle."""
    return set(np.unique(shown)) == {0, 255} and not shown[24:40, 24:40].any() and bool(shown[14:20].any())


@pytest.mark.parametrize("client", SHAPES)
def test_units_control_txt2img(
    server: httpx.Client, pictures: dict[str, str], model: str, client: str
) -> None:
    unit = SHAPES[client](pictures["picture"], model)
    (plain,) = answered(server, "/sdapi/v1/txt2img", with_units(BASE))
    controlled, shown = answered(server, "/sdapi/v1/txt2img", with_units(BASE, unit, title="ControlNet"))
    assert not np.array_equal(controlled, plain)
    assert is_square_of_edges(shown)
    weightless, _ = answered(server, "/sdapi/v1/txt2img", with_units(BASE, {**unit, "weight": 0}))
    assert np.array_equal(weightless, plain)
    twice = answered(server, "/sdapi/v1/txt2img", with_units(BASE, unit, unit))
    assert len(twice) == 3
    assert not np.array_equal(twice[0], controlled)


@pytest.mark.parametrize("client", SHAPES)
def test_units_without_a_picture_take_that_of_img2img(
    server: httpx.Client, pictures: dict[str, str], model: str, client: str
) -> None:
    body = {**BASE, "init_images": [pictures["picture-url"]], "denoising_strength": 0.9}
    unit = SHAPES[client]("", model) | {"input_image": None}
    (plain,) = answered(server, "/sdapi/v1/img2img", body)
    controlled, shown = answered(server, "/sdapi/v1/img2img", with_units(body, {**unit, "enabled": True}))
    assert not np.array_equal(controlled, plain)
    assert is_square_of_edges(shown)


@pytest.fixture(scope="module")
def api(server: httpx.Client) -> Iterator[Any]:
    client = webuiapi.WebUIApi(baseurl=f"{server.base_url}/sdapi/v1")
    yield client
    client.session.close()


def test_webuiapis_units(api: Any, square: Image.Image, model: str) -> None:
    assert model in api.controlnet_model_list()
    call: dict[str, Any] = {**BASE, "negative_prompt": "blue"}
    plain = api.txt2img(**call)
    kind: Any = webuiapi.ControlNetUnit  # declares a module where it takes a picture
    unit = kind(image=square, module="canny", model=model, processor_res=64, threshold_a=100, threshold_b=200)
    result = api.txt2img(**call, controlnet_units=[unit])
    assert len(result.images) == 2
    assert not np.array_equal(np.asarray(result.image), np.asarray(plain.image))
    assert is_square_of_edges(np.asarray(result.images[1].convert("RGB")))
    own = api.img2img(images=[square], **call, denoising_strength=0.9, controlnet_units=[unit])
    assert len(own.images) == 2


def test_the_old_fields_of_webuiapi(server: httpx.Client, pictures: dict[str, str], model: str) -> None:
    body = {
        **BASE,
        "controlnet_input_image": [pictures["picture"]],
        "controlnet_module": "canny",
        "controlnet_model": model,
        "controlnet_guessmode": False,
    }
    (plain,) = answered(server, "/sdapi/v1/txt2img", BASE)
    controlled, shown = answered(server, "/controlnet/txt2img", body)
    assert not np.array_equal(controlled, plain)
    assert shown.any()
