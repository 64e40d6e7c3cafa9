"""Any JSON value in any field, option, script argument, webhook or query is answered with 2xx or 4xx."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contract.codec import decode_any, encode
from sdapi.dialects.a1111.schemas.extras import ExtrasBatchImagesRequest, ExtrasSingleImageRequest
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.http.responses import encode_base64
from sdapi.jobs.preferences import BODY_FIELDS
from sdapi.options.table import load_table
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png
from tests.sdapi.hostile_values import HOSTILE, body_with

QUICK = settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
THOROUGH = settings(QUICK, max_examples=10_000, derandomize=False)
PICTURE = encode_base64(png())
Place = tuple[str, Mapping[str, Any], tuple[str | int, ...]]
"""A path, a body that is right, and where in it a value is replaced."""

UNIT = {"enabled": True, "image": PICTURE, "module": "reference_only", "model": "None"}
SCRIPTS: Mapping[str, Sequence[Any]] = {
    "prompt matrix": [False, False, "positive", "comma", 0],
    "prompts from file or textbox": [False, False, "start", "a --steps 3"],
    "x/y/z plot": [
        4,
        "1,2",
        [],
        0,
        "",
        [],
        0,
        "",
        [],
        True,
        False,
        False,
        False,
        False,
        False,
        False,
        0,
        False,
    ],
    "loopback": [2, 0.5, "Linear", "None"],
    "outpainting mk2": ["", 64, 8, ["right"], 1.0, 0.05],
    "poor man's outpainting": [64, 4, "fill", ["left"]],
    "sd upscale": ["", 8, "Lanczos", 2.0],
    "img2img alternative test": ["", True, True, "", "", True, 5, True, 1.0, 0.0, False],
}


def generation_places() -> Iterator[Place]:
    """Every field of both bodies, with the parts on that they belong to."""
    hires = {"enable_hr": True, "prompt": "a|b"}
    for name in (*StableDiffusionProcessingTxt2Img.model_fields, *BODY_FIELDS, "unknown"):
        yield "/sdapi/v1/txt2img", hires, (name,)
    masked = {"init_images": [PICTURE], "mask": PICTURE}
    for name in (*StableDiffusionProcessingImg2Img.model_fields, *BODY_FIELDS):
        yield "/sdapi/v1/img2img", masked, (name,)
    yield "/sdapi/v1/img2img", masked, ("init_images", 0)


def script_places() -> Iterator[Place]:
    """Every argument of every script, and always-on scripts."""
    start = {"init_images": [PICTURE], "width": 64, "height": 64}
    for title, args in SCRIPTS.items():
        for place in range(len(args)):
            body = {**start, "script_name": title, "script_args": list(args)}
            yield "/sdapi/v1/img2img", body, ("script_args", place)
    for title in ("soft inpainting", "seed", "refiner", "sampler", "extra options", "nobody's"):
        for place in range(3):
            body = {**start, "alwayson_scripts": {title: {"args": [None] * 3}}}
            yield "/sdapi/v1/img2img", body, ("alwayson_scripts", title, "args", place)
        yield "/sdapi/v1/img2img", start, ("alwayson_scripts", title)
    for name in ("weight", "processor_res", "threshold_a", "guidance_start", "resize_mode", "image", "model"):
        body = {"alwayson_scripts": {"controlnet": {"args": [UNIT]}}}
        yield "/sdapi/v1/txt2img", body, ("alwayson_scripts", "controlnet", "args", 0, name)


def other_places() -> Iterator[Place]:
    """Options, extras, and the small bodies."""
    for key in (*load_table(), "control_net_unit_count", "unknown"):
        yield "/sdapi/v1/options", {}, (key,)
        yield "/sdapi/v1/txt2img", {}, ("override_settings", key)
    single = {"image": PICTURE, "upscaler_1": "Lanczos"}
    for name in ExtrasSingleImageRequest.model_fields:
        for mode in (0, 1):
            yield "/sdapi/v1/extra-single-image", {**single, "resize_mode": mode}, (name,)
    batch = {"imageList": [{"data": PICTURE, "name": "x"}], "upscaler_1": "Nearest"}
    for name in ExtrasBatchImagesRequest.model_fields:
        yield "/sdapi/v1/extra-batch-images", batch, (name,)
    yield "/sdapi/v1/extra-batch-images", batch, ("imageList", 0, "data")
    for path, name in (
        ("png-info", "image"),
        ("interrogate", "image"),
        ("interrogate", "model"),
        ("interrupt", "a"),
    ):
        yield f"/sdapi/v1/{path}", {}, (name,)
    for name in ("id_task", "id_live_preview", "live_preview"):
        yield "/internal/progress", {"id_task": "x"}, (name,)
    detect = {"controlnet_module": "canny", "controlnet_input_images": [PICTURE]}
    for name in ("module", "input_images", "processor_res", "threshold_a", "threshold_b", "masks"):
        yield "/controlnet/detect", detect, (f"controlnet_{name}",)
    for name in ("units", "input_image", "module", "guidance", "processor_res", "control_mode"):
        yield "/controlnet/txt2img", {}, (f"controlnet_{name}",)


PLACES = (*generation_places(), *script_places(), *other_places())
HEADERS = {"Content-Type": "application/json"}


@pytest.fixture
def whole(make_server: MakeServer) -> Server:
    """A server with its extensions and webhooks."""
    return make_server(disable_all_extensions=False, webhook_key="secret")


def send(server: Server, place: Place, value: str) -> None:
    """The answer is no fault of the server, and what it queued can be stored."""
    path, base, where = place
    answer = server.client.post(path, content=body_with(base, where, value), headers=HEADERS)
    assert answer.status_code < 500, (path, where, value[:60], answer.text[:300])
    for _, request in server.jobs.submitted:
        assert decode_any(encode(request)) == request
    server.jobs.submitted.clear()


@QUICK
@given(st.sampled_from(PLACES), st.sampled_from(HOSTILE))
def test_a_hostile_value_somewhere(whole: Server, place: Place, value: str) -> None:
    send(whole, place, value)


@pytest.mark.slow
@THOROUGH
@given(st.sampled_from(PLACES), st.sampled_from(HOSTILE))
def test_many_hostile_values(whole: Server, place: Place, value: str) -> None:
    send(whole, place, value)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_as_whole_bodies(whole: Server, value: str) -> None:
    for route in whole.app.routes:
        if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
            answer = whole.client.post(route.path, content=value.encode(), headers=HEADERS)
            assert answer.status_code < 500, (route.path, value[:60], answer.text[:300])


QUERIES = ("nan", "1e999", "-1", "9" * 5000, "%00", "%ff%fe", "%ed%a0%80", "a" * 10_000, "[]", "../..", "")


@pytest.mark.parametrize("value", QUERIES, ids=range(len(QUERIES)))
def test_hostile_values_in_queries_and_headers(whole: Server, value: str) -> None:
    for route in whole.app.routes:
        if not isinstance(route, APIRoute) or "{" in route.path:
            continue
        names = [field.alias for field in route.dependant.query_params]
        query = "&".join(f"{name}={value}" for name in (*names, "async", "id", "form"))
        if "GET" in (route.methods or ()) and "events" not in route.path:
            answer = whole.client.get(f"{route.path}?{query}")
            assert answer.status_code < 500, (route.path, answer.text[:300])
    for header in ("X-Priority", "Prefer", "X-Cancel-On-Disconnect", "Content-Type", "Accept"):
        answer = whole.client.post(
            f"/sdapi/v1/txt2img?async={value}", json={}, headers={header: value[:2000]}
        )
        assert answer.status_code < 500, (header, answer.text[:300])


def test_a_body_of_a_million_values_is_refused(whole: Server) -> None:
    many = json.dumps({"script_args": [[]] * 500_001})
    answer = whole.client.post("/sdapi/v1/txt2img", content=many, headers=HEADERS)
    assert answer.status_code == 413
    assert "values" in answer.json()["detail"]
