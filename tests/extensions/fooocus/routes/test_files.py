"""Saved pictures by their links."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.extensions.fooocus.conftest import FooocusServer
from tests.sdapi.fakes import png

DAY = "2026-01-02"


@pytest.fixture
def saved(fooocus: FooocusServer) -> FooocusServer:
    folder = fooocus.data / "outputs" / "files" / DAY
    folder.mkdir(parents=True)
    (folder / "cat-0.png").write_bytes(png())
    (folder / "secret.txt").write_text("x")
    (fooocus.data / "outputs" / "other.png").write_bytes(png())
    return fooocus


def test_a_picture_as_it_is(saved: FooocusServer) -> None:
    answer = saved.client.get(f"/files/{DAY}/cat-0.png")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/png", png())


@pytest.mark.parametrize(("accept", "kind"), [("image/webp", "WEBP"), ("image/jpg", "JPEG")])
def test_a_picture_in_another_format(accept: str, kind: str, saved: FooocusServer) -> None:
    answer = saved.client.get(f"/files/{DAY}/cat-0.png", headers={"Accept": accept})
    assert answer.headers["content-type"] == accept
    assert Image.open(io.BytesIO(answer.content)).format == kind


@pytest.mark.parametrize(
    "path",
    [
        f"{DAY}/dog-0.png",
        f"{DAY}/secret.txt",
        "../other.png",
        "%2e%2e/other.png",
        f"{DAY}/..%2f..%2fother.png",
        f"{DAY}/%00.png",
        f"{DAY}/{'x' * 300}.png",
    ],
)
def test_nothing_else(path: str, saved: FooocusServer) -> None:
    assert saved.client.get(f"/files/{path}").status_code == 404
