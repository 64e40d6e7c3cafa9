"""Names that generated clients depend on."""

from __future__ import annotations

from typing import Any

from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.dialects.a1111.routes.test_scripts import recorded


def missing(theirs: Any, ours: Any, where: str = "") -> list[str]:
    """Recorded keys that ours lacks."""
    if not isinstance(theirs, dict):
        return [] if theirs == ours else [where]
    return [
        fault
        for key, value in theirs.items()
        for fault in (missing(value, ours[key], f"{where}.{key}") if key in ours else [f"{where}.{key}"])
    ]


def test_operation_ids_and_schemas_are_the_recorded_ones(server: Server) -> None:
    assert missing(recorded("get-openapi"), server.client.get("/openapi.json").json()) == []


def test_summaries_and_versions(server: Server) -> None:
    document = server.client.get("/openapi.json").json()
    assert (document["openapi"], document["info"]["title"]) == ("3.0.2", "FastAPI")
    assert document["paths"]["/sdapi/v1/txt2img"]["post"]["summary"] == "Text2Imgapi"
    assert document["paths"]["/sdapi/v1/samplers"]["get"]["summary"] == "Get Samplers"


def test_field_schemas_have_a_type_and_a_default(server: Server) -> None:
    document = server.client.get("/openapi.json").json()
    properties = document["components"]["schemas"]["StableDiffusionProcessingTxt2Img"]["properties"]
    assert properties["steps"] == {"title": "Steps", "type": "integer", "default": 50, "nullable": True}
    assert properties["prompt"] == {"title": "Prompt", "type": "string", "default": "", "nullable": True}
    assert all("type" in field or "anyOf" in field for field in properties.values())


def test_server_control_is_there_only_when_asked_for(make_server: MakeServer) -> None:
    paths = make_server().client.get("/openapi.json").json()["paths"]
    assert "/sdapi/v1/server-kill" not in paths
    paths = make_server(api_server_stop=True).client.get("/openapi.json").json()["paths"]
    assert paths["/sdapi/v1/server-stop"]["post"]["operationId"] == "stop_webui_sdapi_v1_server_stop_post"
