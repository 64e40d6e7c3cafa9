"""Errors have A1111's shapes, and plain ones without a dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sdapi.core.services import CheckpointItem
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.dialects.a1111.routes.test_generation import recorded
from tests.sdapi.fakes import FakeCatalog, png

CASES = [
    "err-alwayson",
    "err-bad-base64",
    "err-i2i-no-image",
    "err-interrogate-model",
    "err-interrogate-none",
    "err-pnginfo",
    "err-script",
    "err-type",
]


@pytest.mark.parametrize("name", CASES)
def test_recorded_errors(server: Server, name: str) -> None:
    case = recorded(name)
    body = json.loads(json.dumps(case["request"]).replace("@square.png", encode_base64(png())))
    answer = server.client.request(case["method"], case["path"], json=body)
    expected = case["response"]
    assert answer.status_code == (422 if case["status"] == 500 else case["status"])
    assert list(answer.json()) == list(expected)
    assert answer.json()["detail"] == expected["detail"]


def test_router_errors(server: Server) -> None:
    unknown = server.client.get("/sdapi/v1/nope")
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Not Found"})
    wrong = server.client.get("/sdapi/v1/txt2img")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": "Method Not Allowed"})
    assert wrong.headers["allow"] == "POST"


def test_missing_body(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img")
    detail = {"loc": ["body"], "msg": "field required", "type": "value_error.missing"}
    assert (answer.status_code, answer.json()) == (422, {"detail": [detail]})


def test_malformed_json(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content='{"a": }')
    assert answer.status_code == 422
    (item,) = answer.json()["detail"]
    assert (item["loc"], item["type"]) == (["body", 6], "value_error.jsondecode")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, b"\xff\xfe", b"\x00"])
def test_hostile_json_is_a_client_error(server: Server, text: str | bytes) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content=text)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({"styles": 5}, ["body", "styles"], "type_error.list"),
        ({"styles": ["a", {}]}, ["body", "styles", 1], "type_error.str"),
        ({"prompt": ["a"]}, ["body", "prompt"], "type_error.str"),
        ({"enable_hr": "maybe"}, ["body", "enable_hr"], "type_error.bool"),
        ({"cfg_scale": "seven"}, ["body", "cfg_scale"], "type_error.float"),
        ({"override_settings": "x"}, ["body", "override_settings"], "type_error.dict"),
        ({"script_args": "x"}, ["body", "script_args"], "type_error.list"),
        ({"styles": [None]}, ["body", "styles", 0], "type_error.none.not_allowed"),
    ],
)
def test_validation_speaks_pydantic_1(
    server: Server, body: dict[str, Any], loc: list[Any], kind: str
) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    (item,) = answer.json()["detail"]
    assert (item["loc"], item["type"]) == (loc, kind)
    assert set(item) == {"loc", "msg", "type"}


def test_several_errors_in_field_order(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json={"steps": "x", "seed": "y"})
    assert [item["loc"][1] for item in answer.json()["detail"]] == ["seed", "steps"]


def test_constraints_have_a_context(server: Server) -> None:
    body = {"resize_mode": 2, "upscaling_resize": 0, "codeformer_weight": 1.5}
    items = server.client.post("/sdapi/v1/extra-single-image", json=body).json()["detail"]
    assert items == [
        {
            "loc": ["body", "resize_mode"],
            "msg": "unexpected value; permitted: 0, 1",
            "type": "value_error.const",
            "ctx": {"given": 2, "permitted": [0, 1]},
        },
        {
            "loc": ["body", "codeformer_weight"],
            "msg": "ensure this value is less than or equal to 1",
            "type": "value_error.number.not_le",
            "ctx": {"limit_value": 1},
        },
        {
            "loc": ["body", "upscaling_resize"],
            "msg": "ensure this value is greater than 0",
            "type": "value_error.number.not_gt",
            "ctx": {"limit_value": 0},
        },
    ]


def test_missing_nested_fields(server: Server) -> None:
    items = server.client.post("/sdapi/v1/extra-batch-images", json={"imageList": [{"data": "x"}]}).json()
    assert items["detail"][0]["loc"] == ["body", "imageList", 0, "name"]
    assert items["detail"][0]["type"] == "value_error.missing"


def test_query_errors(server: Server) -> None:
    answer = server.client.get("/sdapi/v1/progress?skip_current_image=perhaps")
    assert answer.json()["detail"][0]["loc"] == ["query", "skip_current_image"]


class _Broken(FakeCatalog):
    def checkpoints(self) -> list[CheckpointItem]:
        """Fail as only a bug can."""
        raise RuntimeError("model 'x' not found")


def test_bugs_are_logged_and_answered(make_server: MakeServer, caplog: pytest.LogCaptureFixture) -> None:
    server = make_server(cors_allow_origins="http://a")
    object.__setattr__(server.app.state.sdapi.services, "catalog", _Broken())
    answer = server.client.get("/sdapi/v1/sd-models", headers={"Origin": "http://a"})
    expected = {"error": "RuntimeError", "detail": "", "body": "", "errors": "model 'x' not found"}
    assert (answer.status_code, answer.json()) == (500, expected)
    assert answer.headers["access-control-allow-origin"] == "http://a"
    assert "x-process-time" in answer.headers
    assert "unexpected error at /sdapi/v1/sd-models" in caplog.text
