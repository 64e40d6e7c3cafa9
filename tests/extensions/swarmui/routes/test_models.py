"""Weight files are listed, described and selected."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient, frames_of


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
