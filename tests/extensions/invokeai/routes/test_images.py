"""Pictures over HTTP."""

from __future__ import annotations

import io
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
