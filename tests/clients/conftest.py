"""Clients talk to a real server, and share the pictures they send."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.running import running

SIDE = 64
ORIGINS = "null,http://localhost:3000,https://www.photopea.com"
"""Origins of the clients that are web pages; their users allow them."""


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data folder."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def server(root: Path, models_dir: Path, data_folder: Path) -> Iterator[httpx.Client]:
    """A client of a running server; pictures of 64 pixels gain nothing from a second thread."""
    flags = ["--cors-allow-origins", ORIGINS]
    with running(root, models_dir, data_folder, threads=1, flags=flags) as client:
        yield client


@pytest.fixture(scope="session")
def square() -> Image.Image:
    """A dark square on a light ground, 64 x 64."""
    image = Image.new("RGB", (SIDE, SIDE), (230, 225, 210))
    image.paste((40, 60, 120), (16, 16, 48, 48))
    return image


@pytest.fixture(scope="session")
def mask() -> Image.Image:
    """White over the left half, 64 x 64."""
    image = Image.new("L", (SIDE, SIDE), 0)
    image.paste(255, (0, 0, SIDE // 2, SIDE))
    return image


@pytest.fixture(scope="session")
def pictures(square: Image.Image, mask: Image.Image) -> dict[str, str]:
    """The pictures that payload files name in angle brackets: base64 PNGs, bare and as data URLs."""
    bare = {"picture": as_base64(square), "mask": as_base64(mask)}
    urls = {f"{name}-url": f"data:image/png;base64,{text}" for name, text in bare.items()}
    return bare | urls


def as_base64(image: Image.Image) -> str:
    """A picture as base64 PNG."""
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return base64.b64encode(stream.getvalue()).decode()
