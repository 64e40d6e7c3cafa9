"""The script listings, and how requests name scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

RECORDED = Path(__file__).resolve().parents[4] / "data" / "recorded"


def recorded(name: str) -> Any:
    """The answer of the original."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["response"]


def test_names_are_listed_in_the_recorded_order(server: Server) -> None:
    assert server.client.get("/sdapi/v1/scripts").json() == recorded("get-scripts")


def test_arguments_are_those_recorded(server: Server) -> None:
    answer = server.client.get("/sdapi/v1/script-info").json()
    expected = recorded("get-script-info")
    assert [(s["name"], s["is_img2img"]) for s in answer] == [(s["name"], s["is_img2img"]) for s in expected]
    for ours, theirs in zip(answer, expected, strict=True):
        assert ours["is_alwayson"] == theirs["is_alwayson"]
        for mine, other in zip(ours["args"], theirs["args"], strict=True):
            if not other["label"]:
                continue
            skip = {"choices"} if other["label"] in ("Checkpoint", "Upscaler") else set[str]()
            assert {k: v for k, v in mine.items() if k not in skip} == {
                k: v for k, v in other.items() if k not in skip
            }


def test_short_always_on_arguments_are_filled(server: Server) -> None:
    script = {"SOFT INPAINTING": {"args": [True, 2]}}
    body = {"alwayson_scripts": script, "init_images": [encode_base64(png())]}
    assert server.client.post("/sdapi/v1/img2img", json=body).status_code == 200
    (call,) = server.jobs.generation.always_on
    assert (call.name, call.args) == ("Soft inpainting", (True, 2, 0.5, 4, 0, 0.5, 2))


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"script_name": "nope"}, "Script 'nope' not found"),
        ({"script_name": "soft inpainting"}, "Script 'soft inpainting' not found"),
        ({"alwayson_scripts": {"nope": {"args": [1]}}}, "Script 'nope' not found"),
        ({"alwayson_scripts": {"ADetailer": {"args": [True, {}]}}}, "Script 'ADetailer' not found"),
        (
            {"alwayson_scripts": {"X/Y/Z plot": {"args": []}}},
            "Cannot have a selectable script in the always on scripts params",
        ),
        ({"alwayson_scripts": {"seed": None}}, "value is not a valid dict"),
    ],
)
def test_wrong_scripts_are_refused(server: Server, body: dict[str, Any], detail: str) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == detail


def test_a_body_copied_from_a_front_end_may_name_scripts_that_are_not_here(server: Server) -> None:
    copied: dict[str, Any] = {
        "API payload": {"args": []},
        "Dynamic Thresholding": {"args": [False, None, "", "None"]},
        "Comments": {"args": []},
        "Extra options": {"args": []},
        "Refiner": {"args": [False, "", 0.8]},
        "Sampler": {"args": [3, "Euler", "Automatic"]},
        "Seed": {"args": [1, False, -1, 0, 0, 0]},
        "Hypertile": {"args": {}},
    }
    answer = server.client.post("/sdapi/v1/txt2img", json={"alwayson_scripts": copied})
    assert answer.status_code == 200
    told = [w for w in answer.json()["warnings"] if "nothing was asked of it" in w]
    assert len(told) == 2 and "API payload" in told[0]
    for args in ([], [True]):
        scripts = {"API payload": {"args": args}, **({"Seed": {"args": []}} if args else {})}
        alone = server.client.post("/sdapi/v1/txt2img", json={"alwayson_scripts": scripts})
        assert (alone.status_code, alone.json()["detail"]) == (422, "Script 'API payload' not found")


def test_extra_options_are_options_of_the_request(server: Server) -> None:
    store = server.app.state.sdapi.store
    store.apply({"extra_options_txt2img": ["CLIP_stop_at_last_layers", "eta_ddim"]})
    body: dict[str, Any] = {"alwayson_scripts": {"extra options": {"args": [2, None, "more"]}}}
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 200
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 2
    assert any("1 values are ignored" in warning for warning in answer.json()["warnings"])
    body["override_settings"] = {"CLIP_stop_at_last_layers": 3}
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 3
    body["alwayson_scripts"]["extra options"]["args"] = [99]
    body.pop("override_settings")
    refused = server.client.post("/sdapi/v1/txt2img", json=body)
    assert refused.status_code == 422 and "CLIP_stop_at_last_layers" in refused.text


def test_surplus_script_arguments_are_told(server: Server) -> None:
    body = {"script_name": "prompt matrix", "script_args": [False, "False", "Positive", "comma", "0", 7, 8]}
    answer = server.client.post("/sdapi/v1/txt2img", json={**body, "prompt": "a|b"})
    assert "script_args: Prompt matrix takes 5 arguments; 2 more are ignored" in answer.json()["warnings"]
    assert server.jobs.generation.script is not None
    assert server.jobs.generation.script.args == (False, False, "positive", "comma", 0)


def test_absent_extensions_may_be_switched_off(server: Server) -> None:
    scripts = {"ControlNet": {"args": []}, "ADetailer": {"args": [False]}, "animatediff": {}}
    answer = server.client.post("/sdapi/v1/txt2img", json={"alwayson_scripts": scripts})
    assert answer.status_code == 200
    assert server.jobs.generation.always_on == ()


def test_null_leaves_the_default(server: Server) -> None:
    fields = ("sampler_index", "script_args", "send_images", "save_images", "alwayson_scripts")
    answer = server.client.post("/sdapi/v1/txt2img", json=dict.fromkeys(fields))
    assert answer.status_code == 200
    assert len(answer.json()["images"]) == 1


def test_entry_without_args_has_no_effect(server: Server) -> None:
    body = {"alwayson_scripts": {"seed": {}}}
    assert server.client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    assert server.jobs.generation.always_on == ()


def test_surplus_arguments_are_told(server: Server) -> None:
    soft = {"soft inpainting": {"args": [True, 1, 0.5, 4, 0, 0.5, 2, "more", None]}}
    body = {"alwayson_scripts": soft, "init_images": [encode_base64(png())]}
    answer = server.client.post("/sdapi/v1/img2img", json=body).json()
    (warning,) = answer["warnings"]
    assert "Soft inpainting takes 7 arguments; 2 more are ignored" in warning
    body = {
        "script_name": "prompts from file or textbox",
        "script_args": [False, False, "start", "a", 1, 2, 3],
    }
    (warning,) = server.client.post("/sdapi/v1/txt2img", json=body).json()["warnings"]
    assert warning.startswith("script_args: Prompts from file or textbox takes 4 arguments; 3 more")
