"""Boards over HTTP, and the pictures on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.extensions.invokeai.routes.test_images import IMAGES, upload

BOARDS, ON_BOARD = "/api/v1/boards", "/api/v1/board_images"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def board(client: TestClient, name: str = "b") -> str:
    return client.post(f"{BOARDS}/", params={"board_name": name}).json()["board_id"]


def test_boards_hold_pictures(client: TestClient) -> None:
    created = client.post("/api/v1/boards/", params={"board_name": "mine"})
    board = created.json()["board_id"]
    name = upload(client, board_id=board)["image_name"]
    assert created.status_code == 201
    assert client.get("/api/v1/boards/", params={"all": True}).json()[0]["cover_image_name"] == name
    page = client.get("/api/v1/boards/", params={"offset": 0, "limit": 5}).json()
    assert (page["total"], page["items"][0]["asset_count"]) == (1, 1)
    assert client.get("/api/v1/boards/").status_code == 400
    assert client.get(f"/api/v1/boards/{board}/image_names").json() == [name]
    body: dict[str, Any] = {"image_name": name}
    taken = client.request("DELETE", "/api/v1/board_images/", json=body).json()
    assert taken == {"removed_images": [name], "affected_boards": ["none", board]}
    assert client.get("/api/v1/boards/none/image_names").json() == [name]
    put = client.post("/api/v1/board_images/batch", json={"board_id": board, "image_names": [name, "x"]})
    assert (put.status_code, put.json()["added_images"]) == (201, [name])
    patched = client.patch(f"/api/v1/boards/{board}", json={"board_name": "ours", "archived": True})
    assert (patched.status_code, patched.json()["board_name"], patched.json()["archived"]) == (
        201,
        "ours",
        True,
    )
    gone = client.delete(f"/api/v1/boards/{board}", params={"include_images": True}).json()
    assert gone == {"board_id": board, "deleted_board_images": [], "deleted_images": [name]}
    assert client.get(f"/api/v1/boards/{board}").json() == {"detail": "Board not found"}
    assert (
        client.post("/api/v1/board_images/", json={"board_id": board, "image_name": name}).status_code == 404
    )


def test_a_move_affects_both_boards(client: TestClient) -> None:
    one, other = board(client, "one"), board(client, "other")
    name = upload(client, board_id=one)["image_name"]
    put = client.post(f"{ON_BOARD}/", json={"board_id": other, "image_name": name}).json()
    assert put == {"added_images": [name], "affected_boards": [other, one]}
    assert client.get(f"{BOARDS}/{one}/image_names").json() == []
    taken = client.post(f"{ON_BOARD}/batch/delete", json={"image_names": [name]}).json()
    assert taken == {"removed_images": [name], "affected_boards": ["none", other]}


@pytest.mark.parametrize(("path", "more"), [("batch", {"board_id": ""}), ("batch/delete", {})])
def test_pictures_of_which_none_is_there_are_not_found(
    path: str, more: dict[str, str], client: TestClient
) -> None:
    body = {**dict.fromkeys(more, board(client)), "image_names": ["x.png", "y.png"]}
    answer = client.post(f"{ON_BOARD}/{path}", json=body)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Image not found"})


def test_no_pictures_at_all_are_no_error(client: TestClient) -> None:
    made = board(client)
    answer = client.post(f"{ON_BOARD}/batch", json={"board_id": made, "image_names": []})
    assert (answer.status_code, answer.json()["added_images"]) == (201, [])


def test_a_deleted_board_leaves_its_pictures_unless_told_otherwise(client: TestClient) -> None:
    made = board(client)
    name = upload(client, board_id=made)["image_name"]
    gone = client.delete(f"{BOARDS}/{made}").json()
    assert gone == {"board_id": made, "deleted_board_images": [name], "deleted_images": []}
    assert client.get(f"{IMAGES}/i/{name}").json()["board_id"] is None


def test_boards_come_in_the_order_asked_for_and_archived_ones_on_demand(client: TestClient) -> None:
    ids = [board(client, name) for name in ("b", "A", "c")]
    client.patch(f"{BOARDS}/{ids[2]}", json={"archived": True})
    by_name: dict[str, Any] = {"all": True, "order_by": "board_name", "direction": "ASC"}
    names = [one["board_name"] for one in client.get(f"{BOARDS}/", params=by_name).json()]
    assert names == ["A", "b"]
    newest = client.get(f"{BOARDS}/", params={"all": True, "include_archived": True}).json()
    assert [one["board_id"] for one in newest] == ids[::-1]


def test_names_on_a_board_are_of_the_wanted_sort(client: TestClient) -> None:
    made = board(client)
    mask = upload(client, board_id=made, image_category="mask")["image_name"]
    draft = upload(client, board_id=made, is_intermediate=True)["image_name"]
    place = f"{BOARDS}/{made}/image_names"
    assert client.get(place, params={"categories": ["mask"]}).json() == [mask]
    assert client.get(place, params={"is_intermediate": True}).json() == [draft]
    assert client.get(f"{BOARDS}/nothing/image_names").status_code == 404
