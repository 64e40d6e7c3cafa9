"""Requests of Fooocus-API's clients, against a real server."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import numpy as np
import pytest
import requests
from PIL import Image

JOB_KEYS = {
    *("job_id", "job_type", "job_stage", "job_progress", "job_status"),
    *("job_step_preview", "job_result"),
}
STEPS = {"overwrite_step": 2, "overwrite_width": 64, "overwrite_height": 64}
QUICK = {"advanced_params": STEPS, "style_selections": []}


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def bear(square: Image.Image) -> bytes:
    return as_png(square)


@pytest.fixture(scope="session")
def m(mask: Image.Image) -> bytes:
    return as_png(mask)


@pytest.fixture(scope="session")
def host(server: httpx.Client) -> str:
    return str(server.base_url).rstrip("/")


def finished(host: str, job: Mapping[str, Any]) -> dict[str, Any]:
    """Poll as the documentation does."""
    assert set(job) - {"warnings"} == JOB_KEYS
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        asked = {"job_id": job["job_id"], "require_step_preview": False}
        found = requests.get(url=f"{host}/v1/generation/query-job", params=asked, timeout=30).json()
        if found["job_stage"] in ("SUCCESS", "ERROR"):
            return found
        time.sleep(0.2)
    pytest.fail("the job does not end")


def downloaded(item: Mapping[str, Any]) -> Image.Image:
    assert item["finish_reason"] == "SUCCESS"
    answer = requests.get(item["url"], timeout=30)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


def test_text_to_image_by_its_job(host: str) -> None:
    params = {"prompt": "1girl sitting on the ground", "async_process": True, **QUICK}
    answer = requests.post(
        url=f"{host}/v1/generation/text-to-image",
        data=json.dumps(params),
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    job = finished(host, answer.json())
    assert (job["job_stage"], job["job_progress"], job["job_status"]) == ("SUCCESS", 100, "Finished")
    assert downloaded(job["job_result"][0]).size == (64, 64)
    assert isinstance(job["job_result"][0]["seed"], str)


def test_metadata_are_read_back(host: str, server: httpx.Client) -> None:
    for scheme, wanted in (("fooocus", '"performance": "Speed"'), ("a1111", "Performance: Speed")):
        body = {"prompt": "a cat", "meta_scheme": scheme, "require_base64": True, **QUICK}
        (item,) = requests.post(f"{host}/v1/generation/text-to-image", json=body, timeout=60).json()
        told = server.post("/sdapi/v1/png-info", json={"image": item["base64"]}).json()
        assert wanted in told["info"]


@pytest.mark.slow
def test_a_form_repaints_without_a_mask(host: str, bear: bytes) -> None:
    answer = requests.post(
        url=f"{host}/v1/generation/image-inpaint-outpaint",
        data={
            "outpaint_selections": "Left,Right",
            "async_process": True,
            "advanced_params": json.dumps(STEPS),
        },
        files={"input_image": bear, "input_mask": None},  # pyright: ignore[reportArgumentType]
        timeout=30,
    )
    job = finished(host, answer.json())
    assert downloaded(job["job_result"][0]).size == (64 + 2 * 19, 64)


def test_a_stopped_job_ends_and_the_next_goes_on(host: str) -> None:
    def queued(steps: int) -> dict[str, Any]:
        body = {"prompt": "a", "async_process": True, "advanced_params": {**STEPS, "overwrite_step": steps}}
        return requests.post(f"{host}/v1/generation/text-to-image", json=body, timeout=30).json()

    first, second = queued(200), queued(2)
    while (
        requests.get(f"{host}/v1/generation/query-job?job_id={first['job_id']}", timeout=30).json()[
            "job_stage"
        ]
        == "WAITING"
    ):
        time.sleep(0.05)
    assert requests.post(url=f"{host}/v1/generation/stop", timeout=30).json() == {"msg": "success"}
    ended = finished(host, first)
    assert ended["job_stage"] == "SUCCESS"
    assert len(finished(host, second)["job_result"]) == 1
    history = requests.get(f"{host}/v1/generation/job-history", timeout=30).json()
    assert {first["job_id"], second["job_id"]} <= {item["job_id"] for item in history["history"]}


def test_a_mask_confines_the_change(host: str, bear: bytes, m: bytes) -> None:
    body = {
        "prompt": "a cat",
        "input_image": base64.b64encode(bear).decode("utf-8"),
        "input_mask": base64.b64encode(m).decode("utf-8"),
        "require_base64": True,
        **QUICK,
    }
    (item,) = requests.post(f"{host}/v2/generation/image-inpaint-outpaint", json=body, timeout=60).json()
    made, before = np.asarray(downloaded(item)), np.asarray(Image.open(io.BytesIO(bear)))
    assert np.array_equal(made[:, -1], before[:, -1])
    assert not np.array_equal(made[:, :32], before[:, :32])
