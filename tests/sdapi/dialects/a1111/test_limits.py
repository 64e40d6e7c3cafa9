"""Limits over HTTP: whatever asks for the work, and however it is spelled."""

from __future__ import annotations

from typing import Any

import pytest

from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import png

START = {"init_images": [encode_base64(png(64, 64))], "width": 64, "height": 64, "steps": 1}
LOW = {"max_n_iter": 2, "max_steps": 5, "max_pixels": 16_384, "max_batch_size": 2, "max_prompt_length": 50}


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ({"script_name": "loopback", "script_args": [40, 0.5, "Linear", "None"]}, "--max-n-iter"),
        ({"script_name": "loopback", "script_args": ["40"]}, "--max-n-iter"),
        (
            {"prompt": "|".join("a" * 20), "script_name": "Prompt matrix", "script_args": []},
            "--max-n-iter",
        ),
        ({"script_name": "sd upscale", "script_args": [None, 0, "lanczos", 4]}, "--max-pixels"),
        ({"script_name": "outpainting mk2", "script_args": ["", 128]}, "--max-pixels|--max-n-iter"),
        ({"script_name": "x/y/z plot", "script_args": ["Steps", "9"]}, "--max-steps"),
        ({"prompt": "a" * 51}, "--max-prompt-length"),
        ({"width": 100_000}, "--max-side"),
        ({"infotext": "a" * 251}, "--max-prompt-length"),
    ],
)
def test_all_work_obeys(body: dict[str, Any], flag: str, make_server: MakeServer) -> None:
    server = make_server(**LOW)
    answer = server.client.post("/sdapi/v1/img2img", json={**START, **body})
    assert answer.status_code == 422, answer.text
    assert any(one in answer.json()["detail"] for one in flag.split("|")), answer.text
    assert server.jobs.submitted == []


def test_extras_obey_whichever_way_the_size_is_asked_for(make_server: MakeServer) -> None:
    server = make_server(max_pixels=65_536)
    body = {"image": encode_base64(png(60, 60)), "upscaler_1": "nearest"}
    for more in (
        {"upscaling_resize": 64},
        {"resize_mode": 1, "upscaling_resize_w": 1, "upscaling_resize_h": 60_000},
    ):
        answer = server.client.post("/sdapi/v1/extra-single-image", json={**body, **more})
        assert answer.status_code == 422 and "--max-" in answer.text
    assert server.client.post("/sdapi/v1/extra-single-image", json=body).status_code == 200


@pytest.mark.parametrize(
    ("name", "sampler", "scheduler"),
    [
        ("DPM++ 2M Karras", "DPM++ 2M", "Karras"),
        ("dpm++ sde karras", "DPM++ SDE", "Karras"),
        ("k_euler_a", "Euler a", None),
        ("k_dpmpp_2m_ka", "DPM++ 2M", "Karras"),
        ("EULER", "Euler", None),
        ("use same sampler", None, None),
    ],
)
def test_hires_samplers_go_by_every_name(
    name: str, sampler: str | None, scheduler: str | None, server: Server
) -> None:
    body = {"enable_hr": True, "denoising_strength": 0.5, "hr_sampler_name": name, "hr_upscaler": "LANCZOS"}
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    hires = server.jobs.generation.hires
    assert hires is not None
    assert (hires.sampler, hires.scheduler, hires.upscaler) == (sampler, scheduler, "Lanczos")


def test_a_named_scheduler_wins_over_one_in_the_name(server: Server) -> None:
    body = {"enable_hr": True, "hr_sampler_name": "Euler Karras", "hr_scheduler": "exponential"}
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    assert server.jobs.generation.hires is not None
    assert server.jobs.generation.hires.scheduler == "Exponential"


def test_a_null_option_is_the_stored_one(server: Server) -> None:
    body = {"restore_faces": True, "override_settings": {"face_restoration_model": None}}
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    assert server.jobs.generation.options.face_restoration_model == "CodeFormer"


@pytest.mark.parametrize("value", [-1, 0, "x", 10**400])
def test_absurd_options_are_refused(value: Any, server: Server) -> None:
    answer = server.client.post(
        "/sdapi/v1/txt2img", json={"override_settings": {"target_side_length": value}}
    )
    assert answer.status_code == 422 and "target_side_length" in answer.text
    if value != 0:
        answer = server.client.post("/sdapi/v1/options", json={"ESRGAN_tile": value})
        assert answer.status_code == 422 and "ESRGAN_tile" in answer.text
