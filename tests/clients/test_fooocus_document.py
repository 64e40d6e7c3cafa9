"""Every example request of Fooocus-API's own documentation, as it is written there, against a real server."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from PIL import Image

from tests.extensions.fooocus.small_models import equipped

V1, V2 = "/v1/generation", "/v2/generation"
JSON = {"Content-Type": "application/json"}
JOB = {"job_id", "job_type", "job_stage", "job_progress", "job_status", "job_step_preview", "job_result"}
PICTURE = {"base64", "url", "seed", "finish_reason"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request. ``body`` goes as JSON text, ``form`` and ``files`` as the library makes a form of them.

    Names in angle brackets are files; in JSON they are base64. ``size``: what the picture measures.
    """

    path: str
    body: Mapping[str, Any] | None = None
    form: Mapping[str, Any] = field(default_factory=dict[str, Any])
    files: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    size: tuple[int, int] = (64, 64)


WORDS = (72, 56)
"""1152*896, at the scale of a checkpoint for 64 pixels."""
WIDER = (64 + 2 * 19, 64)
"""The square with three tenths at both sides."""
SITTING = "1girl sitting on the chair"
TWICE = {"uov_method": "Upscale (2x)", "async_process": True}
SIX = {"cn_stop": 0.6, "cn_weight": 0.6, "cn_type": "ImagePrompt"}
NO_PROMPTS = dict.fromkeys(("cn_img1", "cn_img2", "cn_img3", "cn_img4"))

EXAMPLES = {
    "words": Example(
        path=f"{V1}/text-to-image",
        body={"prompt": "1girl sitting on the ground", "async_process": True},
        size=WORDS,
    ),
    "upscale by form": Example(
        path=f"{V1}/image-upscale-vary", form=TWICE, files={"input_image": "<bear>"}, size=(128, 128)
    ),
    "upscale by JSON": Example(
        path=f"{V2}/image-upscale-vary", body={**TWICE, "input_image": "<bear>"}, size=(128, 128)
    ),
    "extend by form": Example(
        path=f"{V1}/image-inpaint-outpaint",
        form={"outpaint_selections": "Left,Right", "async_process": True},
        files={"input_image": "<bear>", "input_mask": None},
        size=WIDER,
    ),
    "inpaint by form": Example(
        path=f"{V1}/image-inpaint-outpaint",
        form={"prompt": "a cat", "async_process": True},
        files={"input_image": "<s>", "input_mask": "<m>"},
    ),
    "extend by JSON": Example(
        path=f"{V2}/image-inpaint-outpaint",
        body={
            "input_image": "<bear>",
            "input_mask": None,
            "outpaint_selections": ["Left", "Right"],
            "async_process": True,
        },
        size=WIDER,
    ),
    "inpaint by JSON": Example(
        path=f"{V2}/image-inpaint-outpaint",
        body={"prompt": "a cat", "input_image": "<s>", "input_mask": "<m>", "async_process": True},
    ),
    "prompt route extends by form": Example(
        path=f"{V1}/image-prompt",
        form={"outpaint_selections": ["Left", "Right"], "image_prompts": []},
        files={"input_image": "<bear>", "input_mask": None, **NO_PROMPTS},
        size=WIDER,
    ),
    "prompt route inpaints by form": Example(
        path=f"{V1}/image-prompt",
        form={"prompt": SITTING, "image_prompts": [], "async_process": True},
        files={"input_image": "<s>", "input_mask": "<m>", **NO_PROMPTS},
    ),
    "image prompts by form": Example(
        path=f"{V1}/image-prompt",
        form={"prompt": SITTING, "image_prompts": [SIX, SIX]},
        files={"input_image": None, "input_mask": None, **NO_PROMPTS, "cn_img1": "<bear>", "cn_img2": "<s>"},
        size=WORDS,
    ),
    "prompt route extends by JSON": Example(
        path=f"{V2}/image-prompt",
        body={"input_image": "<bear>", "outpaint_selections": ["Left", "Right"], "image_prompts": []},
        size=WIDER,
    ),
    "prompt route inpaints by JSON": Example(
        path=f"{V2}/image-prompt",
        body={
            "prompt": SITTING,
            "input_image": "<s>",
            "input_mask": "<m>",
            "image_prompts": [],
            "async_process": True,
        },
    ),
    "image prompts by JSON": Example(
        path=f"{V2}/image-prompt",
        body={
            "prompt": SITTING,
            "image_prompts": [{"cn_img": "<s>", **SIX}, {"cn_img": "<bear>", **SIX}],
        },
        size=WORDS,
    ),
    "words with image prompts": Example(
        path=f"{V2}/text-to-image-with-ip",
        body={
            "prompt": "A bear",
            "image_prompts": [{"cn_img": "<s>", **SIX}, {"cn_img": "<bear>", **SIX}],
        },
        size=WORDS,
    ),
}


QUICK = ("words", "image prompts by form")
"""One of each kind of body; thirty steps each, the others are slow together."""


@pytest.fixture(scope="module")
def host(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that has files for everything, for pictures of 64 pixels."""
    with equipped(root, models_dir, tmp_path_factory.mktemp("document")) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture(scope="module")
def named(square: Image.Image, mask: Image.Image) -> dict[str, bytes]:
    """The pictures of the documentation's examples."""
    turned = square.rotate(45)
    return {"<bear>": as_bytes(square), "<s>": as_bytes(turned), "<m>": as_bytes(mask)}


def as_bytes(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def with_pictures(value: Any, named: Mapping[str, bytes]) -> Any:
    """A body with base64 in the place of names."""
    if isinstance(value, str) and value in named:
        return base64.b64encode(named[value]).decode("utf-8")
    if isinstance(value, list):
        items: list[Any] = value
        return [with_pictures(item, named) for item in items]
    if isinstance(value, dict):
        fields: dict[str, Any] = value
        return {key: with_pictures(item, named) for key, item in fields.items()}
    return value


def sent(example: Example, host: str, named: Mapping[str, bytes]) -> Any:
    url = f"{host}{example.path}"
    if example.body is not None:
        text = json.dumps(with_pictures(dict(example.body), named))
        answer = requests.post(url=url, data=text, headers=JSON, timeout=300)
    else:
        files: Any = {name: None if file is None else named[file] for name, file in example.files.items()}
        answer = requests.post(url=url, data=example.form, files=files, timeout=300)
    assert answer.status_code == 200, answer.text
    return answer.json()


def polled(job: Mapping[str, Any], host: str) -> list[dict[str, Any]]:
    """The result of a job, as the documentation asks for it."""
    assert set(job) - {"warnings"} == JOB
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        asked = {"job_id": job["job_id"], "require_step_preview": False}
        found = requests.get(url=f"{host}{V1}/query-job", params=asked, timeout=30).json()
        if found["job_stage"] in ("SUCCESS", "ERROR"):
            assert (found["job_stage"], found["job_progress"]) == ("SUCCESS", 100), found
            assert found["job_status"] == "Finished"
            return found["job_result"]
        time.sleep(0.1)
    pytest.fail("the job does not end")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in EXAMPLES]
)
def test_an_example_makes_its_picture(name: str, host: str, named: Mapping[str, bytes]) -> None:
    example = EXAMPLES[name]
    found = sent(example, host, named)
    (item,) = found if isinstance(found, list) else polled(found, host)  # pyright: ignore[reportUnknownVariableType]
    assert set(item) - {"warnings"} == PICTURE  # pyright: ignore[reportUnknownArgumentType]
    picture = requests.get(item["url"], timeout=30)
    assert Image.open(io.BytesIO(picture.content)).size == example.size


def test_describe(host: str, named: Mapping[str, bytes]) -> None:
    answer = requests.post(
        url=f"{host}/v1/tools/describe-image",
        params={"type": "Photo"},
        files={"image": named["<bear>"]},
        timeout=30,
    )
    assert isinstance(answer.json()["describe"], str)


def test_models_and_styles(host: str) -> None:
    models = requests.get(url=f"{host}/v1/engines/all-models", timeout=30).json()
    assert set(models) == {"model_filenames", "lora_filenames"}
    assert requests.post(url=f"{host}/v1/engines/refresh-models", timeout=30).json() == models
    styles = requests.get(url=f"{host}/v1/engines/styles", timeout=30).json()
    assert {"Fooocus V2", "Fooocus Enhance", "Watercolor 2", "Whimsical And Playful"} <= set(styles)


def test_queue_history_stop_and_ping(host: str, named: Mapping[str, bytes]) -> None:
    job = sent(EXAMPLES["words"], host, named)
    polled(job, host)
    sizes = requests.get(url=f"{host}/v1/generation/job-queue", timeout=30).json()
    assert sizes["running_size"] == 0
    assert sizes["last_job_id"] == job["job_id"]
    assert requests.get(url=f"{host}/v1/engines/job-queue", timeout=30).json() == sizes
    history = requests.get(url=f"{host}/v1/generation/job-history", timeout=30).json()
    assert history["queue"] == []
    ended = next(item for item in history["history"] if item["job_id"] == job["job_id"])
    assert ended["is_finished"] is True
    assert requests.post(url=f"{host}/v1/generation/stop", timeout=30).json() == {"msg": "success"}
    assert requests.get(url=f"{host}/ping", timeout=30).json() == "pong"


def test_a_link_belongs_to_the_server_that_was_asked(host: str, named: Mapping[str, bytes]) -> None:
    (item,) = sent(EXAMPLES["image prompts by JSON"], host, named)
    assert httpx.URL(item["url"]).port == httpx.URL(host).port
