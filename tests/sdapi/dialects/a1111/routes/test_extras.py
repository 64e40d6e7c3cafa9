"""Extras over HTTP: the request of a body, names of upscalers, sizes."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import ExtrasRequest
from sdapi.dialects.a1111.routes.extras import build_request
from sdapi.dialects.a1111.schemas.extras import ExtrasSingleImageRequest
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png

PICTURE = encode_base64(png())


def single(server: Server, **body: Any) -> dict[str, Any]:
    answer = server.client.post("/sdapi/v1/extra-single-image", json={"image": PICTURE, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def submitted(server: Server) -> ExtrasRequest:
    request = server.jobs.submitted[-1][1]
    assert isinstance(request, ExtrasRequest)
    return request


def test_fields_are_renamed() -> None:
    body = ExtrasSingleImageRequest(
        resize_mode=1,
        upscaling_resize=3,
        upscaling_resize_w=64,
        upscaling_resize_h=96,
        upscaling_crop=False,
        upscaler_1="a",
        upscaler_2="b",
        extras_upscaler_2_visibility=0.1,
        gfpgan_visibility=0.2,
        codeformer_visibility=0.3,
        codeformer_weight=0.4,
    )
    options, output = GenerationOptions(), OutputOptions()
    assert build_request(body, (b"x",), options, output) == ExtrasRequest(
        images=(b"x",),
        resize_mode=1,
        scale=3,
        width=64,
        height=96,
        crop=False,
        upscaler_1="a",
        upscaler_2="b",
        upscaler_2_visibility=0.1,
        gfpgan_visibility=0.2,
        codeformer_visibility=0.3,
        codeformer_weight=0.4,
        options=options,
        output=output,
    )


def test_upscalers_get_their_own_spelling(server: Server) -> None:
    single(server, upscaler_1="LANCZOS", upscaler_2="None")
    assert (submitted(server).upscaler_1, submitted(server).upscaler_2) == ("Lanczos", "None")


def test_an_answer_describes_the_picture(server: Server) -> None:
    answer = single(server)
    assert list(answer) == ["html_info", "image", "warnings"]
    assert (answer["image"], answer["html_info"]) == (PICTURE, "<p>a &lt;b&gt;</p>")


def test_a_batch_keeps_its_order(server: Server) -> None:
    pictures = [encode_base64(png(color=color)) for color in ("red", "blue")]
    body = {"imageList": [{"data": data, "name": "x"} for data in pictures]}
    answer = server.client.post("/sdapi/v1/extra-batch-images", json=body).json()
    assert list(answer) == ["html_info", "images", "warnings"]
    assert answer["images"] == pictures


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"upscaler_1": "magic"}, "upscaler_1"),
        ({"upscaler_2": "magic"}, "upscaler_2"),
        ({"image": "!"}, "image"),
        ({"image": ""}, "image"),
        ({"upscaler_1": "Lanczos", "upscaling_resize": 1000}, "upscaling_resize"),
        ({"upscaler_1": "Lanczos", "resize_mode": 1, "upscaling_resize_w": 10**6}, "upscaling_resize_w"),
    ],
)
def test_what_can_not_be_done_names_its_field(
    body: dict[str, Any], field: str, make_server: MakeServer
) -> None:
    server = make_server(max_side=1024)
    answer = server.client.post("/sdapi/v1/extra-single-image", json={"image": PICTURE, **body})
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith(field)
    assert server.jobs.submitted == []


def test_a_batchs_picture_is_blamed_by_number(server: Server) -> None:
    files = [{"data": data, "name": "x"} for data in (PICTURE, "!")]
    answer = server.client.post("/sdapi/v1/extra-batch-images", json={"imageList": files})
    assert (answer.status_code, answer.json()["errors"]) == (422, "imageList.1.data: Invalid encoded image")


def test_an_empty_batch_is_refused(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/extra-batch-images", json={"imageList": []})
    assert answer.status_code == 422
    assert "imageList" in answer.text
