"""Pictures that clients send: sizes, cropping, and texts within them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from starlette.testclient import TestClient

from tests.extensions.invokeai.routes.invoke_client import invoke_client
from tests.extensions.invokeai.routes.test_images import IMAGES, upload
from tests.sdapi.fakes import png


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return invoke_client(tmp_path)


def as_png(image: Image.Image, **texts: str) -> bytes:
    buffer, info = io.BytesIO(), PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def resized(client: TestClient, image: Image.Image, size: str) -> Image.Image:
    query = {"image_category": "user", "is_intermediate": False}
    files = {"file": ("a.png", as_png(image))}
    answer = client.post(f"{IMAGES}/upload", params=query, files=files, data={"resize_to": size})
    assert answer.status_code == 201, answer.text
    return Image.open(io.BytesIO(client.get(f"/{answer.json()['image_url']}").content))


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


@pytest.mark.parametrize(
    "size", ["[4]", "[4, 5, 6]", "[4, null]", "[1e999, 4]", "[100000, 100000]", "[-4, -4]", "[" * 5000, "7"]
)
def test_a_size_that_is_none_is_refused(size: str, client: TestClient) -> None:
    query = {"image_category": "user", "is_intermediate": False}
    files = {"file": ("a.png", png())}
    answer = client.post(f"{IMAGES}/upload", params=query, files=files, data={"resize_to": size})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid resize_to format or size"})


@pytest.mark.parametrize(("mode", "kept"), [("L", "RGB"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("P", "RGBA")])
def test_what_is_resized_keeps_its_alpha(mode: str, kept: str, client: TestClient) -> None:
    made = resized(client, Image.new(mode, (8, 8)), "[4, 2]")
    assert (made.size, made.mode) == ((4, 2), kept)


def test_what_is_seen_of_a_picture_is_cut_out(client: TestClient) -> None:
    image = Image.new("RGBA", (16, 16))
    image.paste((255, 0, 0, 255), (4, 2, 10, 5))
    assert [upload(client, as_png(image), crop_visible=True)[side] for side in ("width", "height")] == [6, 3]
    empty = as_png(Image.new("RGBA", (16, 16)))
    assert upload(client, empty, crop_visible=True)["width"] == 16


def texts_of(client: TestClient, data: bytes) -> tuple[Any, Any]:
    name = upload(client, data)["image_name"]
    metadata = client.get(f"{IMAGES}/i/{name}/metadata").json()
    return metadata, client.get(f"{IMAGES}/i/{name}/workflow").json()["workflow"]


def test_texts_within_a_picture_count_where_they_are_objects(client: TestClient) -> None:
    image, workflow = Image.new("L", (4, 4)), json.dumps({"name": "w"})
    good = as_png(image, invokeai_metadata='{"seed": 3}', invokeai_workflow=workflow)
    assert texts_of(client, good) == ({"seed": 3}, workflow)
    for broken in ("[1]", "{", "[" * 100_000):
        assert texts_of(client, as_png(image, invokeai_metadata=broken)) == (None, None)


def test_a_board_that_is_not_there_is_named(client: TestClient) -> None:
    query = {"image_category": "user", "is_intermediate": False, "board_id": "nothing"}
    answer = client.post(f"{IMAGES}/upload", params=query, files={"file": ("a.png", png())})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Board not found"})
    assert client.get(f"{IMAGES}/").json()["total"] == 0
