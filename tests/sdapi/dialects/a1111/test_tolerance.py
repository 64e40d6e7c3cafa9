"""Leniency towards clients: R1 to R29 of the client survey, as far as the schemas decide them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sdapi.conftest import Server

BODY = json.dumps({"prompt": "x", "steps": 1})


def test_json_without_content_type(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content=BODY)
    assert "content-type" not in answer.request.headers
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/x+json"]
)
def test_json_content_types(server: Server, kind: str) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content=BODY, headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_other_content_types_are_refused(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content=BODY, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422
    detail = {"loc": ["body"], "msg": "value is not a valid dict", "type": "type_error.dict"}
    assert answer.json() == {"detail": [detail]}


BODYLESS = "interrupt skip refresh-checkpoints refresh-vae refresh-loras unload-checkpoint reload-checkpoint"


@pytest.mark.parametrize("route", BODYLESS.split())
@pytest.mark.parametrize("content", ["", '""', "{}", "not json"])
def test_posts_without_a_body_take_any(server: Server, route: str, content: str) -> None:
    answer = server.client.post(f"/sdapi/v1/{route}", content=content)
    assert answer.status_code == 200
    assert answer.json() in ({}, None)


@pytest.mark.parametrize("route", ["progress", "options", "sd-models"])
def test_body_on_get_is_ignored(server: Server, route: str) -> None:
    assert server.client.request("GET", f"/sdapi/v1/{route}", content="{").status_code == 200


@pytest.mark.parametrize("path", ["/sdapi/v1/options/", "/sdapi/v1/options?", "/internal/ping/"])
def test_slash_or_question_mark_at_the_end(server: Server, path: str) -> None:
    assert server.client.get(path).status_code == 200


def test_slash_at_the_end_of_a_post(server: Server) -> None:
    assert server.client.post("/sdapi/v1/txt2img/", json={}).status_code == 200


@pytest.mark.parametrize("header", ["", "Basic Og==", "Bearer abc", "Basic %%%"])
def test_stray_authorization(server: Server, header: str) -> None:
    answer = server.client.get("/sdapi/v1/samplers", headers={"Authorization": header})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"seed": "123", "hr_scale": "1.0", "hr_second_pass_steps": 12.5, "enable_hr": "True"},
        {"url": "x", "auth": "y", "cfgScale": 7, "resize-mode": 1, "n_samples": 1},
        {"sampler_name": "", "sampler_index": "Euler a"},
        {"sampler_name": None, "sampler_index": "DPM++ 2M Karras", "scheduler": "automatic"},
        {"alwayson_scripts": []},
        {"override_settings": {"ddim_discretize": "uniform", "img2img_fix_steps": False, "CLIP_stop": 1}},
        {"override_settings": []},
        {"styles": [], "script_args": [], "script_name": ""},
    ],
)
def test_bodies_of_real_clients(server: Server, body: dict[str, Any]) -> None:
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/internal/ping", "/queue/status", "/startup-events", "/sdapi/v1/cmd-flags", "/sdapi/v1/memory"],
)
def test_probes(server: Server, path: str) -> None:
    assert server.client.get(path).status_code == 200


def test_root_has_text_for_programs_and_answers_head(server: Server) -> None:
    assert server.client.get("/").headers["content-type"].startswith("text/plain")
    assert server.client.head("/").status_code == 200


def test_memory_has_figures(server: Server) -> None:
    memory = server.client.get("/sdapi/v1/memory").json()
    assert memory["ram"]["used"] > 0
    assert memory["cuda"] == {"error": "unavailable"}
