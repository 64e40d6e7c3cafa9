"""Pictures of the history are listed, starred, deleted, and opened on no desktop."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient


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
