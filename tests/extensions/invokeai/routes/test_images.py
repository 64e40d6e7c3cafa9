"""Pictures and boards over HTTP."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.sdapi.fakes import png

IMAGES = "/api/v1/images"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def upload(client: TestClient, data: bytes = b"", **params: Any) -> dict[str, Any]:
    query = {"image_category": "user", "is_intermediate": False, **params}
    answer = client.post(f"{IMAGES}/upload", params=query, files={"file": ("a.png", data or png(16, 8))})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_picture_is_sent_and_fetched(client: TestClient) -> None:
    dto = upload(client)
    assert (dto["width"], dto["height"], dto["image_origin"]) == (16, 8, "external")
    assert {"deleted_at", "session_id", "node_id", "board_id"} <= {key for key, v in dto.items() if v is None}
    name = dto["image_name"]
    assert client.get(f"{IMAGES}/i/{name}").json() == dto
    full = client.get(f"/{dto['image_url']}")
    assert (full.headers["content-type"], full.headers["cache-control"]) == ("image/png", "max-age=31536000")
    assert Image.open(io.BytesIO(full.content)).size == (16, 8)
    assert client.get(f"/{dto['thumbnail_url']}").headers["content-type"] == "image/webp"
    assert client.head(f"{IMAGES}/i/{name}/full").status_code == 200
    assert client.get(f"{IMAGES}/i/{name}/urls").json()["image_url"] == dto["image_url"]
    assert client.get(f"{IMAGES}/i/{name}/metadata").json() is None
    assert client.get(f"{IMAGES}/i/{name}/workflow").json() == {"workflow": None, "graph": None}


def test_what_is_told_of_a_picture_is_kept(client: TestClient) -> None:
    files = {"file": ("a.png", png(16, 8))}
    form = {"metadata": json.dumps({"seed": 3}), "resize_to": "[8, 4]"}
    query = {"image_category": "general", "is_intermediate": "true", "session_id": "s"}
    dto = client.post(f"{IMAGES}/upload", params=query, files=files, data=form).json()
    assert (dto["width"], dto["height"], dto["is_intermediate"], dto["session_id"]) == (8, 4, True, "s")
    assert client.get(f"{IMAGES}/i/{dto['image_name']}/metadata").json() == {"seed": 3}
    again = upload(client, client.get(f"/{dto['image_url']}").content)
    assert client.get(f"{IMAGES}/i/{again['image_name']}/metadata").json() == {"seed": 3}
    plain = client.post(f"{IMAGES}/uploads", files=files)
    assert (plain.status_code, plain.json()["image_category"]) == (201, "user")


@pytest.mark.parametrize(
    ("data", "form", "status"),
    [
        (b"no picture", {}, 415),
        (png(), {"resize_to": "[0, 4]"}, 400),
        (png(), {"resize_to": "large"}, 400),
        (png(), {"metadata": "[]"}, 400),
    ],
)
def test_what_cannot_be_kept(data: bytes, form: dict[str, str], status: int, client: TestClient) -> None:
    query = {"image_category": "user", "is_intermediate": False}
    answer = client.post(f"{IMAGES}/upload", params=query, files={"file": ("a.png", data)}, data=form)
    assert (answer.status_code, isinstance(answer.json()["detail"], str)) == (status, True)


def test_pictures_are_listed_changed_and_deleted(client: TestClient) -> None:
    names = [upload(client)["image_name"] for _ in range(3)]
    listed = client.get(f"{IMAGES}/", params={"categories": ["user", "mask"], "limit": 2}).json()
    assert (listed["total"], [item["image_name"] for item in listed["items"]]) == (3, names[:0:-1])
    assert client.get(f"{IMAGES}/names").json()["image_names"] == names[::-1]
    client.post(f"{IMAGES}/star", json={"image_names": [names[0]]})
    assert client.get(f"{IMAGES}/").json()["items"][0]["image_name"] == names[0]
    client.post(f"{IMAGES}/unstar", json={"image_names": [names[0]]})
    changed = client.patch(f"{IMAGES}/i/{names[0]}", json={"is_intermediate": True, "image_category": "mask"})
    assert (changed.json()["is_intermediate"], changed.json()["image_category"]) == (True, "mask")
    assert client.get(f"{IMAGES}/intermediates").json() == 1
    gone = client.delete(f"{IMAGES}/i/{names[0]}").json()
    assert gone == {"deleted_images": [names[0]], "affected_boards": ["none"]}
    answer = client.delete(f"{IMAGES}/i/{names[0]}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Image not found"})
    both = client.post(f"{IMAGES}/images_by_names", json={"image_names": [names[0], names[1]]}).json()
    assert [dto["image_name"] for dto in both] == [names[1]]
    client.post(f"{IMAGES}/delete", json={"image_names": names})
    assert client.get(f"{IMAGES}/").json()["total"] == 0


@pytest.mark.parametrize("place", ["", "/full", "/thumbnail", "/metadata", "/workflow", "/urls"])
def test_pictures_that_are_not_there(place: str, client: TestClient) -> None:
    answer = client.get(f"{IMAGES}/i/nothing.png{place}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Image not found"})


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
