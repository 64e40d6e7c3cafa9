"""Captions and masks over HTTP."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from extensions.fooocus.masking import MaskRequest, MaskResult
from pipelines.contract.requests import CaptionRequest
from tests.extensions.fooocus.conftest import FooocusServer, fooocus_server
from tests.pipelines.catalog.folders import folders_in
from tests.sdapi.fakes import png

DESCRIBE = "/v1/tools/describe-image"
FILES = {"image": ("image", png())}
MASK = "/v1/tools/generate_mask"
PICTURE = base64.b64encode(png()).decode()


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


def test_a_mask_is_a_bare_base64_text(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.sdapi.fakes.answer", lambda request: MaskResult(image=b"PNG"))
    body = {"image": PICTURE, "mask_model": "u2net", "box_threshold": "0.4"}
    assert fooocus.client.post(MASK, json=body).json() == base64.b64encode(b"PNG").decode()
    request = fooocus.jobs.submitted[0][1]
    assert isinstance(request, MaskRequest)
    assert (request.wish.model, request.wish.box_threshold) == ("u2net", 0.4)


def test_masks_name_the_weights_they_need(tmp_path: Path) -> None:
    client = fooocus_server(tmp_path, folders=folders_in(tmp_path)).client
    answer = client.post(MASK, json={"image": PICTURE})
    assert answer.status_code == 422
    assert "isnet-general-use.onnx" in answer.text
    sam = {"image": PICTURE, "mask_model": "sam", "dino_prompt_text": "face"}
    assert "grounding-dino" in client.post(MASK, json=sam).text


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "image"), ({"image": "none"}, "image"), ({"image": PICTURE, "mask_model": "x"}, "mask_model")],
)
def test_bad_masks_name_their_field(body: dict[str, str], field: str, fooocus: FooocusServer) -> None:
    answer = fooocus.client.post(MASK, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == field
