"""Masks and enhancing over HTTP, on a server that has tiny networks for them."""

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
from PIL import Image

from tests.extensions.fooocus.drawing.mask_models import write_mask_models
from tests.extensions.fooocus.drawing.test_masks import as_bytes
from tests.extensions.fooocus.drawing.test_run import picture
from tests.extensions.fooocus.small_models import write_models
from tests.running import running

pytestmark = pytest.mark.slow

PICTURE = as_bytes(picture(96, 64))
TEXT = base64.b64encode(PICTURE).decode()
MASK = "/v1/tools/generate_mask"
FEW = {"overwrite_step": 2}
ENTRY = {"enhance_enabled": True, "enhance_mask_model": "u2net", "enhance_prompt": "a blue star"}


@pytest.fixture(scope="module")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("masks")
    models = write_models(models_dir, folder / "models")
    write_mask_models(models)
    (folder / "data").mkdir()
    with running(root, models, folder / "data", threads=1) as client:
        yield client


def opened(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize(
    "body",
    [
        {"mask_model": "u2net"},
        {"mask_model": "sam", "dino_prompt_text": "face", "box_threshold": 0},
        {"mask_model": "sam", "dino_prompt_text": "face", "dino_debug": True, "sam_max_detections": 1},
    ],
)
def test_a_mask(body: dict[str, Any], server: httpx.Client) -> None:
    answer = server.post(MASK, json={"image": f"data:image/png;base64,{TEXT}", **body})
    assert answer.status_code == 200, answer.text
    assert opened(base64.b64decode(answer.json())).shape == (64, 96, 3)


def test_missing_weights_are_named(server: httpx.Client) -> None:
    for body in ({}, {"mask_model": "sam", "dino_prompt_text": "face", "sam_model": "vit_h"}):
        answer = server.post(MASK, json={"image": TEXT, **body})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", "mask_model"]
        assert "in the folder" in answer.text


def test_json_and_forms_enhance_alike(server: httpx.Client) -> None:
    common = {"prompt": "a cat", "image_seed": 7, "enhance_uov_method": "Disabled"}
    body = {**common, "enhance_input_image": TEXT, "enhance_ctrlnets": [ENTRY], "advanced_params": FEW}
    form = {
        **common,
        "advanced_params": json.dumps(FEW),
        **{f"{key}_1": value for key, value in ENTRY.items()},
    }
    answers = [
        server.post("/v2/generation/image-enhance", json=body),
        server.post("/v1/generation/image-enhance", data=form, files={"enhance_input_image": PICTURE}),
    ]
    first, second = (opened(server.get(answer.json()[0]["url"]).content) for answer in answers)
    assert np.array_equal(first, second)
    before = opened(PICTURE)
    assert np.abs(first[:, :12] - before[:, :12]).max() <= 1
    assert np.abs(first[:, 52:] - before[:, 52:]).mean() > 3
