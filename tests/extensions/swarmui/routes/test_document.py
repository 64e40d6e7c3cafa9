"""The T2I API's document, route by route: parameters and their defaults, permissions, forms of answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sdapi.http.responses import encode_base64
from tests.extensions.swarmui.conftest import MakeClient, SwarmClient, frames_of
from tests.sdapi.fakes import png
from tests.sdapi.http.access.test_keys import bearer, entry

REQUIRED = object()
READER, USER, ADMIN = "reader", "user", "admin"
ROLES = (READER, USER, ADMIN)
URL = f"data:image/png;base64,{encode_base64(png())}"
T2I = {"prompt": "a", "width": 64, "height": 64, "steps": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedRoute:
    """One route: ``params`` with JSON types and defaults; ``role`` is the least with the permission."""

    name: str
    permission: str
    role: str
    params: dict[str, tuple[str, object]] = field(default_factory=dict[str, tuple[str, object]])
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: dict[str, type | tuple[type, ...]] = field(default_factory=dict[str, Any])


LISTING: dict[str, Any] = {"list": list, "models": dict, "wildcards": list, "param_edits": (dict, type(None))}
PATH = {"path": ("string", REQUIRED)}
GENERATION = {"images": ("integer", REQUIRED)}
ROUTES = (
    DocumentedRoute(
        name="AddImageToHistory",
        permission="basic_image_generation",
        role=USER,
        params={"image": ("string", REQUIRED)},
        body={"image": URL, **T2I},
        answer={"images": list},
    ),
    DocumentedRoute(
        name="GenerateText2Image",
        permission="basic_image_generation",
        role=USER,
        params=GENERATION,
        body={"images": 1, **T2I},
        answer={"images": list},
    ),
    DocumentedRoute(
        name="ListImages",
        permission="view_image_history",
        role=READER,
        params={
            **PATH,
            "depth": ("integer", REQUIRED),
            "sortBy": ("string", "Name"),
            "sortReverse": ("boolean", False),
        },
        body={"path": "", "depth": 3},
        answer={"folders": list, "files": list},
    ),
    DocumentedRoute(
        name="ToggleImageStarred",
        permission="user_star_images",
        role=USER,
        params=PATH,
        body={"path": "raw/mine.png"},
        answer={"new_state": bool},
    ),
    DocumentedRoute(
        name="OpenImageFolder",
        permission="local_image_folder",
        role=ADMIN,
        params=PATH,
        body={"path": "raw/mine.png"},
        answer={"error": str},  # there is no desktop
    ),
    DocumentedRoute(
        name="DeleteImage",
        permission="user_delete_image",
        role=USER,
        params=PATH,
        body={"path": "raw/mine.png"},
        answer={"success": bool},
    ),
    DocumentedRoute(
        name="ListT2IParams", permission="fundamental_generate_tab_access", role=READER, answer=LISTING
    ),
    DocumentedRoute(
        name="TriggerRefresh",
        permission="fundamental_generate_tab_access",
        role=READER,
        params={"strong": ("boolean", True)},
        answer=LISTING,
    ),
)
ENTRY = {
    **dict.fromkeys(("name", "id", "description", "type", "default", "view_type"), str),
    **dict.fromkeys(("subtype", "feature_flag"), (str, type(None))),
    **dict.fromkeys(("min", "max", "view_max", "step", "priority"), (int, float)),
    **dict.fromkeys(("values", "examples"), (list, type(None))),
    **dict.fromkeys(("visible", "advanced", "toggleable", "always_retain"), bool),
    **dict.fromkeys(("do_not_save", "do_not_preview", "extra_hidden"), bool),
    "group": (dict, type(None)),
}
GROUP = {
    **dict.fromkeys(("name", "id", "description"), str),
    **dict.fromkeys(("toggles", "open", "advanced", "can_shrink"), bool),
    "priority": (int, float),
}
named = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


def has_form(found: dict[str, Any], form: dict[str, Any]) -> bool:
    return all(name in found and isinstance(found[name], kind) for name, kind in form.items())


def keep_one(client: SwarmClient) -> None:
    """One picture at the path that the table asks about."""
    client.draw(overrideoutpathformat="raw/mine")


@named
def test_it_answers_in_its_form(route: DocumentedRoute, client: SwarmClient) -> None:
    keep_one(client)
    assert has_form(client.ask(route.name, **route.body), route.answer)


@named
def test_what_is_required_is_asked_for(route: DocumentedRoute, client: SwarmClient) -> None:
    for name, (_, default) in route.params.items():
        body = {key: value for key, value in route.body.items() if key != name}
        found = client.ask(route.name, **body)
        missing = found.get("error") == f"Missing required parameter '{name}'"
        assert missing is (default is REQUIRED), (name, found)


@named
def test_its_parameters_are_described(route: DocumentedRoute, client: SwarmClient) -> None:
    document = client.http.get("/openapi.json").json()
    content = document["paths"][f"/API/{route.name}"]["post"]["requestBody"]["content"]
    schema = content["application/json"]["schema"]
    schema = (
        document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    for name, (kind, default) in route.params.items():
        told = schema["properties"][name]
        kinds = {part.get("type") for part in (told, *told.get("anyOf", ()))}
        assert kind in kinds, name
        if default is not REQUIRED:
            assert told["default"] == default, name


def test_its_permissions_are_those_of_our_roles(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry(role, role=role) for role in ROLES]}))
    client = make_client(api_keys=str(path))
    for place, role in enumerate(ROLES):
        user = SwarmClient(client.http, client.jobs, client.data, bearer(role))
        told = client.http.post("/API/GetNewSession", json={}, headers=user.headers).json()
        user.session = told["session_id"]
        for route in ROUTES:
            answer = client.http.post(
                f"/API/{route.name}", json={"session_id": user.session, **route.body}, headers=user.headers
            )
            refused = answer.json().get("error_id") == "bad_permissions"
            may = place >= ROLES.index(route.role)
            assert refused is not may, (role, route.name, answer.text)
            assert may is (route.permission in told["permissions"] or told["permissions"] == ["*"])


def test_a_refresh_takes_effect_with_its_permission_alone(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry(role, role=role) for role in ROLES]}))
    client = make_client(api_keys=str(path))
    catalog = client.http.app.state.sdapi.catalog  # type: ignore[attr-defined]
    refreshed: list[int] = []
    for role in ROLES:
        user = SwarmClient(client.http, client.jobs, client.data, bearer(role))
        user.new_session()
        user.ask("TriggerRefresh")
        refreshed.append(catalog.refreshed)
    assert refreshed == [0, 1, 2]


def test_every_parameter_is_described_in_full(client: SwarmClient) -> None:
    listed = client.ask("ListT2IParams")
    assert all(has_form(row, ENTRY) for row in listed["list"])
    assert all(has_form(row["group"], GROUP) for row in listed["list"] if row["group"] is not None)
    assert len({row["id"] for row in listed["list"]}) == len(listed["list"])
    assert {"Stable-Diffusion", "LoRA", "VAE", "Embedding", "ControlNet"} <= set(listed["models"])
    assert all(isinstance(name, str) for names in listed["models"].values() for name in names)


def test_pictures_of_the_history_have_their_metadata_as_text(client: SwarmClient) -> None:
    keep_one(client)
    (added,) = client.ask("AddImageToHistory", image=URL, rawInput=T2I)["images"]
    assert has_form(added, {"image": str, "batch_index": str, "metadata": str})
    files = client.ask("ListImages", path="raw", depth=3, sortBy="Date", sortReverse=True)["files"]
    assert all(has_form(item, {"src": str, "metadata": str}) for item in files)
    assert all("sui_image_params" in json.loads(item["metadata"]) for item in files)


def test_the_web_socket_tells_all_that_the_document_shows(client: SwarmClient) -> None:
    route = "/API/GenerateText2ImageWS?image_frame=nested"
    with client.http.websocket_connect(route) as socket:
        socket.send_json(client.wish())
        frames = frames_of(socket)
    status = next(frame for frame in frames if "status" in frame)
    counts = ("waiting_gens", "loading_models", "waiting_backends", "live_gens")
    assert has_form(status["status"], dict.fromkeys(counts, int))
    engines = {"status": str, "class": str, "message": str, "any_loading": bool}
    assert has_form(status["backend_status"], engines)
    assert isinstance(status["supported_features"], list)
    progress = next(frame["gen_progress"] for frame in frames if "gen_progress" in frame)
    assert has_form(progress, {"batch_index": str, "overall_percent": float, "current_percent": float})
    assert progress["preview"].startswith("data:image/")
    image = next(frame["image"] for frame in frames if "image" in frame)
    assert has_form(image, {"image": str, "batch_index": str, "metadata": str})
    assert next(frame["discard_indices"] for frame in frames if "discard_indices" in frame) == []
