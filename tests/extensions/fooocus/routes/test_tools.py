"""Captions, and masks that can't be made."""

from __future__ import annotations

import base64

import pytest

from pipelines.contract.requests import CaptionRequest
from tests.extensions.fooocus.conftest import FooocusServer
from tests.sdapi.fakes import png

DESCRIBE = "/v1/tools/describe-image"
FILES = {"image": ("image", png())}


@pytest.mark.parametrize(
    ("query", "data", "model"),
    [
        ({"type": "Photo"}, {}, "clip"),
        ({"image_type": "anime"}, {}, "deepdanbooru"),
        ({}, {"type": "Anime"}, "deepdanbooru"),
        ({}, {}, "clip"),
    ],
)
def test_a_caption(query: dict[str, str], data: dict[str, str], model: str, fooocus: FooocusServer) -> None:
    answer = fooocus.client.post(DESCRIBE, params=query, data=data, files=FILES)
    assert answer.json() == {"describe": "a red square"}
    request = fooocus.jobs.submitted[0][1]
    assert isinstance(request, CaptionRequest)
    assert request.model == model


def test_what_is_no_type_or_picture_is_refused(fooocus: FooocusServer) -> None:
    wrong = fooocus.client.post(DESCRIBE, params={"type": "Poem"}, files=FILES)
    assert wrong.json()["detail"][0]["loc"] == ["body", "type"]
    none = fooocus.client.post(DESCRIBE, data={"type": "Photo"})
    assert none.json()["detail"][0]["loc"] == ["body", "image"]


def test_masks_name_the_weights_they_need(fooocus: FooocusServer) -> None:
    body = {"image": base64.b64encode(png()).decode(), "mask_model": "sam"}
    answer = fooocus.client.post("/v1/tools/generate_mask", json=body)
    assert answer.status_code == 422
    assert "sam_vit_b_01ec64.pth" in answer.text
    assert fooocus.client.post("/v1/tools/generate_mask", json={}).status_code == 422
