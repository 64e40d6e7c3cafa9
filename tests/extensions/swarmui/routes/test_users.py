"""User data, settings and presets are kept and shown."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient


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
