"""Captions and tags over HTTP."""

from __future__ import annotations

import pytest

from pipelines.contract.requests import CaptionRequest
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

PICTURE = encode_base64(png())
URL = "/sdapi/v1/interrogate"


@pytest.mark.parametrize(
    ("body", "model"),
    [({}, "clip"), ({"model": "clip"}, "clip"), ({"model": "deepdanbooru"}, "deepdanbooru")],
)
def test_a_picture_is_described(body: dict[str, str], model: str, server: Server) -> None:
    answer = server.client.post(URL, json={"image": PICTURE, **body})
    assert answer.json() == {"caption": "a red square", "warnings": []}
    request = server.jobs.submitted[-1][1]
    assert isinstance(request, CaptionRequest)
    assert (request.image, request.model) == (png(), model)


def test_another_model_is_not_found(server: Server) -> None:
    answer = server.client.post(URL, json={"image": PICTURE, "model": "magic"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "Model not found")
    assert server.jobs.submitted == []


def test_a_picture_is_needed(server: Server) -> None:
    answer = server.client.post(URL, json={"model": "clip"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Invalid encoded image")
