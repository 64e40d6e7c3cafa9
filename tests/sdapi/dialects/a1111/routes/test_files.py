"""Saved pictures and previews, and nothing else of the machine."""

from __future__ import annotations

import pytest

from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png


@pytest.fixture
def saved(server: Server) -> Server:
    """A server with a saved picture, and files that are nobody's business."""
    folder = server.data / "outputs" / "txt2img-images"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(png())
    (folder / ".hidden.png").write_bytes(png())
    (folder / "notes.json").write_text("{}")
    (server.data / "secret.png").write_bytes(png())
    (folder / "link.png").symlink_to(server.data / "secret.png")
    return server


@pytest.mark.parametrize("prefix", ["/file=", "/file/"])
def test_saved_pictures_are_served(saved: Server, prefix: str) -> None:
    for path in ("outputs/txt2img-images/a.png", str(saved.data / "outputs/txt2img-images/a.png")):
        answer = saved.client.get(prefix + path)
        assert (answer.status_code, answer.content) == (200, png())


def test_ranges(saved: Server) -> None:
    headers = {"Range": "bytes=0-3"}
    answer = saved.client.get("/file=outputs/txt2img-images/a.png", headers=headers)
    assert (answer.status_code, answer.content) == (206, b"\x89PNG")


@pytest.mark.parametrize(
    "path",
    [
        "secret.png",
        "config.json",
        "../secret.png",
        "outputs/../secret.png",
        "outputs/txt2img-images/../../secret.png",
        "outputs/txt2img-images/%2e%2e/%2e%2e/secret.png",
        "outputs/txt2img-images/.hidden.png",
        "outputs/txt2img-images/notes.json",
        "outputs/txt2img-images/link.png",
        "outputs/txt2img-images",
        "outputs/txt2img-images/a%00.png",
        "/etc/passwd",
        "",
        "x" * 5000 + ".png",
    ],
)
def test_everything_else_is_refused(saved: Server, path: str) -> None:
    answer = saved.client.get(f"/file={path}")
    assert answer.status_code in (403, 404)
    assert png() not in answer.content


def test_missing_picture(saved: Server) -> None:
    answer = saved.client.get("/file=outputs/txt2img-images/b.png")
    assert (answer.status_code, answer.json()["detail"][:15]) == (404, "File not found:")


def test_options_cannot_open_other_folders(saved: Server) -> None:
    outside = saved.data.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "a.png").write_bytes(png())
    for folder in (str(outside), str(saved.data), "."):
        saved.client.post("/sdapi/v1/options", json={"outdir_txt2img_samples": folder})
        assert saved.client.get(f"/file={outside}/a.png").status_code == 403
        assert saved.client.get("/file=secret.png").status_code == 403
