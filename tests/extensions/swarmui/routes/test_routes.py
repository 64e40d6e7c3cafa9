"""The other routes: history, parameters, models, engines, users, files, and what is no route."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extensions.swarmui.conftest import MakeClient, SwarmClient, frames_of


def test_a_picture_is_starred_and_deleted(client: SwarmClient) -> None:
    client.draw()
    (path,) = client.files()
    assert client.ask("ToggleImageStarred", path=path) == {"new_state": True}
    assert client.files() == [f"Starred/{path}"]
    assert client.ask("ToggleImageStarred", path=path) == {"new_state": False}
    assert client.ask("DeleteImage", path=path) == {"success": True}
    assert client.ask("DeleteImage", path=path) == {"error": "That file does not exist, cannot delete."}
    assert client.ask("ListImages", path="") == {"error": "Missing required parameter 'depth'"}
    assert "Invalid sort mode" in client.ask("ListImages", path="", depth=1, sortBy="x")["error"]
    for path in ("../..", "/etc", "..\\x"):
        assert set(client.ask("ListImages", path=path, depth=1)) <= {"error", "folders", "files"}
        assert "error" in client.ask("DeleteImage", path=path)


def test_a_folder_is_not_opened(client: SwarmClient) -> None:
    client.draw()
    (path,) = client.files()
    assert client.ask("OpenImageFolder", path=path) == {"error": "Cannot open image folder on this OS."}
    assert "does not exist, cannot open" in client.ask("OpenImageFolder", path="x")["error"]


def test_pictures_are_served_and_nothing_else(client: SwarmClient) -> None:
    (address,) = client.draw(prompt="a b%c")["images"]
    for url in (f"/{address.replace('%', '%25')}", f"/{address.replace('%', '%25').replace(' ', '%20')}"):
        answer = client.http.get(url)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=30")
    path = address.removeprefix("View/local/").replace("%", "%25")
    assert client.http.get(f"/Output/{path}").content == answer.content  # pyright: ignore[reportPossiblyUnboundVariable]
    assert client.http.get(f"/Output/View/local/{path}").status_code == 200
    small = client.http.get(f"/View/local/{path}?preview=true")
    assert small.headers["content-type"] == "image/jpeg"
    assert client.http.head(f"/View/local/{path}").headers["content-type"] == "image/png"
    part = client.http.get(f"/View/local/{path}", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content[1:4]) == (206, b"PNG")
    for url, told in (
        ("/View/local/nothing.png", "file_not_found"),
        ("/View/local/%2e%2e/%2e%2e/swarmui.sqlite", "bad_path"),
        ("/View/..%2f/swarmui.sqlite", "invalid_user"),
        ("/View/nobody/x.png", "file_not_found"),
        ("/Output/raw", "file_not_found"),
        ("/Output/raw/.hidden.png", "file_not_found"),
        (f"/Output/{'x' * 300}.png", "bad_path"),
    ):
        assert client.http.get(url).json().get("error_id") == told, url


def test_parameters_and_a_refresh(client: SwarmClient) -> None:
    listed = client.ask("ListT2IParams")
    assert listed == client.http.get("/API/ListT2IParams", params={"session_id": client.session}).json()
    assert listed["models"]["Stable-Diffusion"] == ["tiny-sd1-b", "tiny-sd1"]
    assert client.ask("SetParamEdits", edits={"a": {"visible": False}}) == {"success": True}
    assert client.ask("TriggerRefresh", strong=False)["param_edits"] == {"a": {"visible": False}}
    catalog = client.http.app.state.sdapi.catalog  # type: ignore[attr-defined]
    assert catalog.refreshed == 0
    assert set(client.ask("TriggerRefresh", refreshType="wildcards")) == set(listed)
    assert catalog.refreshed == 1


def test_models(client: SwarmClient) -> None:
    found = client.ask("ListModels", path="", depth=999, allowRemote=False)
    assert [item["name"] for item in found["files"]] == ["tiny-sd1-b.safetensors", "tiny-sd1.safetensors"]
    assert {item["loaded"] for item in found["files"]} == {True, False}
    falling = client.ask("ListModels", sortBy="Title", sortReverse=True)
    assert [item["title"] for item in falling["files"]] == ["tiny-sd1-b", "tiny-sd1"]
    by_query = client.http.get(
        "/API/ListModels", params={"session_id": client.session, "subtype": "LoRA"}
    ).json()
    assert [item["name"] for item in by_query["files"]] == ["tiny.safetensors"]
    for subtype in ("VAE", "Embedding", "ControlNet", "Clip", "Wildcards"):
        assert "files" in client.ask("ListModels", subtype=subtype), subtype
    assert client.ask("ListModels", subtype="Magic") == {"error": "Invalid sub-type."}
    assert "Invalid sort mode" in client.ask("ListModels", sortBy="Size")["error"]
    described = client.ask("DescribeModel", modelName="TINY-SD1")["model"]
    assert (described["hash_sha256"], described["standard_width"]) == ("51e88316d5" + "0" * 54, 512)
    assert client.ask("DescribeModel", modelName="nobody") == {"error": "Model not found."}
    assert [item["name"] for item in client.ask("ListLoadedModels")["models"]] == ["tiny-sd1-b.safetensors"]


def test_a_model_is_selected(client: SwarmClient) -> None:
    assert client.ask("SelectModel", model="tiny-sd1") == {"success": True}
    assert client.ask("SelectModel", model="nobody") == {"error": "Model not found."}
    with client.http.websocket_connect("/API/SelectModelWS") as socket:
        socket.send_json({"session_id": client.session, "model": "tiny-sd1.safetensors"})
        first, second, third = frames_of(socket)
    assert second == {"success": True}
    assert "backend_status" in first
    assert "backend_status" in third


def test_engines_are_backends(client: SwarmClient) -> None:
    (engine,) = client.ask("ListBackends", nonreal=True, full_data=True).values()
    assert (engine["status"], engine["can_load_models"], engine["id"]) == ("running", True, 0)
    assert set(engine) >= {"type", "title", "features", "max_usages", "current_model"}
    assert client.ask("FreeBackendMemory", system_ram=False, backend="all") == {"result": True, "count": 1}
    assert client.ask("FreeBackendMemory", backend="7") == {"result": False, "count": 0}
    assert client.ask("RestartBackends") == {"result": "Success.", "count": 1}
    answer = client.http.post("/API/ShutdownServer", json={"session_id": client.session})
    assert (answer.status_code, answer.json()["error_id"]) == (400, "bad_permissions")


def test_user_data_settings_and_presets(client: SwarmClient) -> None:
    data = client.ask("GetMyUserData")
    assert (data["user_name"], data["presets"]) == ("local", [])
    settings = client.ask("GetUserSettings")["settings"]
    assert settings["fileformat"]["value"]["imageformat"]["values"][0] == "PNG"
    assert settings["savefiles"]["type"] == "boolean"
    assert len(client.ask("ChangeUserSettings", settings={"nothing": 1})["warnings"]) == 1
    for title, fields, fine in (
        ("A", {}, True),
        ("a", {}, False),
        ("B", {"is_edit": True, "editing": "A"}, True),
        ("", {}, False),
    ):
        found = client.ask("AddNewPreset", title=title, param_map={"steps": 3}, **fields)
        assert ("success" in found) is fine, title
    assert client.ask("DuplicatePreset", preset="b") == {"success": True}
    assert [preset["title"] for preset in client.ask("GetMyUserData")["presets"]] == ["B", "B (2)"]
    assert client.ask("DeletePreset", preset="B") == {"success": True}
    assert "error" in client.ask("DeletePreset", preset="B")
    assert "preset_fail" in client.ask("DuplicatePreset", preset="B")
    assert client.ask("GetLanguage")["language"]["code"] == "en"
    assert client.ask("ServerDebugMessage", message="x")["success"]


@pytest.mark.parametrize(
    ("method", "route", "told"),
    [
        ("POST", "GetSavedT2IParams", "bad_route"),
        ("GET", "InterruptGeneration", "bad_route"),
        ("PUT", "ListImages", "basic_api"),
        ("GET", "GenerateText2Image", "basic_api"),
        ("POST", "GenerateText2ImageWS", "bad_request_method"),
        ("GET", "selectmodelws", "bad_request_method"),
    ],
)
def test_what_is_no_route_is_told_in_json(method: str, route: str, told: str, client: SwarmClient) -> None:
    answer = client.http.request(method, f"/API/{route}")
    assert (answer.status_code, answer.json()["error_id"]) == (405 if method == "PUT" else 400, told)


def test_the_switch_takes_it_away(make_client: MakeClient, tmp_path: Path) -> None:
    from sdapi.core.config import ApiConfig

    assert "swarmui" in ApiConfig.from_flags({"data_dir": str(tmp_path)}).extensions
    assert "swarmui" not in ApiConfig.from_flags({"data_dir": str(tmp_path), "no_swarmui": True}).extensions


def test_pages_elsewhere_may_send_any_header_where_cors_allows(make_client: MakeClient) -> None:
    client = make_client(cors_allow_origins="http://page.example")
    headers = {
        "Origin": "http://page.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "skip_zrok_interstitial, x-csrf-token",
    }
    answer = client.http.options("/API/GenerateText2Image", headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-headers"]) == (
        200,
        "skip_zrok_interstitial, x-csrf-token",
    )
