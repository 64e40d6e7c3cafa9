"""No request makes the server fail: whatever is sent, the answer is a success or names a fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdapi.dialects.a1111.schemas.extras import ExtrasBatchImagesRequest, ExtrasSingleImageRequest
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.dialects.a1111.schemas.lora import TrainLoraRequest
from sdapi.dialects.a1111.schemas.training import (
    CREATE_EMBEDDING,
    CREATE_HYPERNETWORK,
    PREPROCESS,
    TRAIN_EMBEDDING,
    TRAIN_HYPERNETWORK,
    Arguments,
)
from sdapi.http.responses import encode_base64
from sdapi.options.table import load_table
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

PICTURE = encode_base64(png())
TEXTS = st.sampled_from(
    ["", "Euler a", "karras", "tiny-sd1", "Lanczos", "None", "1e9", PICTURE, "data:image/png,x"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(-2, 70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)))
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.just("args"), inner, max_size=3),
    max_leaves=6,
)
FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bodies(fields: list[str], base: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Objects over known fields, laid over a body that is right; and anything else."""
    objects = st.dictionaries(st.sampled_from(fields), VALUES, max_size=4)
    return objects.map(lambda found: base | found) | VALUES


TXT2IMG = bodies(list(StableDiffusionProcessingTxt2Img.model_fields), {})
IMG2IMG = bodies(list(StableDiffusionProcessingImg2Img.model_fields), {"init_images": [PICTURE]})
SINGLE = bodies(list(ExtrasSingleImageRequest.model_fields), {"image": PICTURE})
BATCH = bodies(list(ExtrasBatchImagesRequest.model_fields), {"imageList": [{"data": PICTURE, "name": "x"}]})
OPTIONS = bodies([*load_table(), "unknown"], {})
PICTURES_TO_TRAIN = {"images": [{"image": PICTURE, "caption": "a square"}], "output_name": "one"}
LORA = bodies(list(TrainLoraRequest.model_fields), PICTURES_TO_TRAIN)


def arguments(of: Arguments) -> st.SearchStrategy[Any]:
    """Bodies of a training route, with everything that must be there."""
    base = {name: _USUAL.get(kind.get("type", "string")) for name, kind in of.required.items()}
    return bodies([*of.required, *of.optional, *of.own], base)


_USUAL: dict[str, Any] = {"string": "1", "integer": 1, "number": 0, "boolean": False, "array": ["64"]}
CREATED = st.tuples(arguments(CREATE_EMBEDDING), arguments(CREATE_HYPERNETWORK))
TRAINED = st.tuples(arguments(TRAIN_EMBEDDING), arguments(TRAIN_HYPERNETWORK), arguments(PREPROCESS))
SMALL = bodies(["image", "model", "id_task", "id_live_preview", "live_preview"], {})


def post(server: Server, path: str, body: Any) -> None:
    """Send a body; the answer must not be the server's fault, and must be JSON."""
    answer = server.client.post(path, json=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert "detail" in answer.json()


@FUZZ
@given(TXT2IMG)
def test_txt2img(server: Server, body: Any) -> None:
    post(server, "/sdapi/v1/txt2img", body)


@FUZZ
@given(IMG2IMG)
def test_img2img(server: Server, body: Any) -> None:
    post(server, "/sdapi/v1/img2img", body)


@FUZZ
@given(SINGLE, BATCH)
def test_extras(server: Server, single: Any, batch: Any) -> None:
    post(server, "/sdapi/v1/extra-single-image", single)
    post(server, "/sdapi/v1/extra-batch-images", batch)


@FUZZ
@given(OPTIONS)
def test_options(server: Server, body: Any) -> None:
    post(server, "/sdapi/v1/options", body)
    assert server.client.get("/sdapi/v1/options").status_code == 200


@settings(FUZZ, max_examples=8)  # of six requests each
@given(CREATED, TRAINED, LORA)
def test_training(server: Server, created: tuple[Any, Any], trained: tuple[Any, Any, Any], lora: Any) -> None:
    for name, body in zip(("embedding", "hypernetwork"), created, strict=True):
        post(server, f"/sdapi/v1/create/{name}", body)
    for name, body in zip(("train/embedding", "train/hypernetwork", "preprocess"), trained, strict=True):
        post(server, f"/sdapi/v1/{name}", body)
    post(server, "/sdapi/v1/train/lora", lora)


@FUZZ
@given(SMALL)
def test_small_bodies(server: Server, body: Any) -> None:
    for path in ("/sdapi/v1/png-info", "/sdapi/v1/interrogate", "/internal/progress"):
        post(server, path, body)


@FUZZ
@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_infotexts(server: Server, text: str) -> None:
    post(server, "/sdapi/v1/txt2img", {"infotext": f"{text}\nSteps: 1, Seed: 2, Size: 8x8, {text}"})


@FUZZ
@given(st.binary(max_size=200))
def test_raw_bodies(server: Server, body: bytes) -> None:
    for path in ("/sdapi/v1/txt2img", "/sdapi/v1/options"):
        answer = server.client.post(path, content=body)
        assert answer.status_code < 500


@pytest.mark.parametrize("path", ["/sdapi/v1/progress?id=%00", "/file=%ff", "/sdapi/v1/jobs/%2e%2e", "/%00"])
def test_odd_paths(server: Server, path: str) -> None:
    assert server.client.get(path).status_code < 500
