"""The document says what types of routes can't: errors, jobs, units, preferences, credentials, groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter

from extensions.controlnet.routes.unit_schema import ControlNetUnit
from extensions.controlnet.units.parse import KNOWN
from pipelines.jobs.states import JobState
from tests.sdapi.openapi.conftest import application

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    """Method, path and description."""
    return [(m, path, found) for path, item in document["paths"].items() for m, found in item.items()]


@pytest.fixture(scope="module")
def schemas(document: dict[str, Any]) -> dict[str, Any]:
    """The schemas of the document, by name."""
    return document["components"]["schemas"]


def of(document: dict[str, Any], path: str, method: str = "post") -> dict[str, Any]:
    """The operation at a path and method."""
    return document["paths"][path][method]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a value."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


def test_no_word_is_newer_than_the_version(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.0.2"
    newer = {"const", "prefixItems", "$defs", "contentMediaType", "unevaluatedProperties"}
    found = [node for node in nodes(document["paths"]) if newer & set(node)]
    assert found == []
    assert '"type": "null"' not in json.dumps(document)
    lone = [node for node in nodes(document) if "$ref" in node and isinstance(node["$ref"], str)]
    assert [node for node in lone if len(node) > 1] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for node in nodes(document):
        if isinstance(node.get("$ref"), str):
            _, _, kind, name = node["$ref"].split("/")
            assert name in document["components"][kind], node


def test_every_operation_has_a_group_that_is_described(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert all(len(found["tags"]) == 1 and set(found["tags"]) <= described for _, _, found in operations)
    assert of(document, "/sdapi/v1/txt2img")["tags"] == ["default"]
    assert of(document, "/sdapi/v1/jobs", "get")["tags"] == ["jobs"]
    assert of(document, "/controlnet/detect")["tags"] == ["controlnet"]


@pytest.mark.parametrize("name", ["Txt2Img", "Img2Img"])
def test_a_body_takes_units_and_preferences(name: str, schemas: dict[str, Any]) -> None:
    fields = schemas[f"StableDiffusionProcessing{name}"]["properties"]
    units = fields["alwayson_scripts"]["properties"]["controlnet"]["properties"]["args"]
    assert units["items"] == {"$ref": "#/components/schemas/ControlNetUnit"}
    assert fields["alwayson_scripts"]["additionalProperties"] is True
    assert fields["override_settings"]["additionalProperties"] is True
    assert {"priority", "webhook", "keep_alive"} <= set(fields)


def test_the_fields_of_a_unit_are_those_that_are_read(schemas: dict[str, Any]) -> None:
    assert set(ControlNetUnit.model_fields) <= KNOWN
    assert "default" not in json.dumps(schemas["ControlNetUnit"]["properties"]).replace("by default", "")


def test_jobs_are_described(document: dict[str, Any], schemas: dict[str, Any]) -> None:
    assert schemas["JobState"]["enum"] == [str(state) for state in JobState]
    assert {"images", "info", "caption", "warnings"} <= set(schemas["JobResult"]["properties"])
    events = of(document, "/sdapi/v1/jobs/{job_id}/events", "get")["responses"]["200"]
    assert set(events["content"]) == {"text/event-stream"}
    result = of(document, "/sdapi/v1/jobs/{job_id}/result", "get")["responses"]["200"]["content"]
    assert set(result) == {"application/json", "image/*"}


def test_what_queues_a_job_can_be_left_and_can_fail(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    accepted = document["components"]["responses"]["Accepted"]
    assert accepted["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/JobAccepted"}
    queueing = [path for _, path, found in operations if "202" in found["responses"]]
    assert {"/sdapi/v1/txt2img", "/sdapi/v1/options", "/controlnet/detect"} <= set(queueing)
    for path in queueing:
        operation = of(document, path)
        assert {"404", "409", "413", "422", "429", "500", "503", "507"} <= set(operation["responses"]), path
        named = {parameter["name"] for parameter in operation["parameters"]}
        assert {"async", "Prefer", "X-Priority", "X-Cancel-On-Disconnect"} <= named
        assert "X-Job-Id" in operation["responses"]["200"]["headers"]


def test_a_422_is_a_list_or_four_keys(document: dict[str, Any]) -> None:
    invalid = document["components"]["responses"]["Invalid"]["content"]["application/json"]["schema"]
    names = [choice["$ref"].rpartition("/")[2] for choice in invalid["anyOf"]]
    assert names == ["HTTPValidationError", "ErrorBody"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/metrics", "text/plain"),
        ("/internal/sysinfo", "text/plain"),
        ("/internal/sysinfo-download", "text/plain"),
        ("/sd_extra_networks/thumb", "image/*"),
        ("/sd_extra_networks/cover-images", "image/*"),
    ],
)
def test_content_types_are_told(path: str, kind: str, document: dict[str, Any]) -> None:
    assert list(of(document, path, "get")["responses"]["200"]["content"]) == [kind]


def test_credentials_are_asked_for_where_the_server_has_some(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"name": "a", "sha256": "0" * 64}]}))
    flags = ({}, {"api_auth": "u:p"}, {"api_keys": str(keys)}, {"api_auth": "u:p", "api_keys": str(keys)})
    found = [application(tmp_path, **given).openapi() for given in flags]
    names = [[name for choice in document["security"] for name in choice] for document in found]
    key = ["HTTPBearer", "APIKeyHeader"]
    assert names == [[], ["HTTPBasic"], key, ["HTTPBasic", *key]]
    assert set(found[0]["components"]["securitySchemes"]) == {"HTTPBasic", *key}
    assert of(found[3], "/health/live", "get")["security"] == []
    assert "security" not in of(found[3], "/sdapi/v1/txt2img")


def test_a_prefix_is_named_by_whoever_serves_the_document(tmp_path: Path) -> None:
    assert application(tmp_path).openapi()["servers"] == [{"url": "/"}]
    assert "servers" not in application(tmp_path, subpath="/sd").openapi()


def test_the_document_is_made_when_it_is_asked_for_and_once(tmp_path: Path) -> None:
    app = application(tmp_path)
    assert app.openapi_schema is None
    assert app.openapi() is app.openapi()
    later = APIRouter()
    later.add_api_route("/later", lambda: None)
    app.include_router(later)
    assert "/later" in app.openapi()["paths"]
