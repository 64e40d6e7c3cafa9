"""Hostile requests and files get the corpus's answers, and the server goes on as before."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hostile.files import FILES, HostileFile, write
from tests.running import running

CORPUS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "requests.json").read_text("utf-8"))
PLAIN = {"prompt": "a red circle", "steps": 1, "width": 64, "height": 64, "seed": 1}
LISTINGS = ("sd-models", "sd-vae", "loras", "hypernetworks", "embeddings", "upscalers", "options")
SLOW = 10.0
"""Seconds that no listing may take, however bad the files are."""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


STAND_INS = {
    "%EPS%": base64.b64encode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n").decode(),
    "%BOMB%": base64.b64encode(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 10_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    ).decode(),
}


@pytest.fixture(scope="module")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server among hostile files, with one good checkpoint."""
    models, data = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("data")
    write(models)
    shutil.copy(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors", models / "Stable-diffusion")
    with running(root, models, data) as client:
        client.post("/sdapi/v1/options", json={"sd_model_checkpoint": "tiny-sd1"}).raise_for_status()
        yield client
        after = client.post("/sdapi/v1/txt2img", json=PLAIN)
        assert after.status_code == 200, after.text
    assert not list(root.glob("unpickled")), "a pickle ran"


def content_of(item: dict[str, Any]) -> bytes | None:
    if "raw" in item:
        return str(item["raw"]).encode("utf-8", "surrogatepass")
    text = json.dumps(item["body"]) if "body" in item else None
    for mark, value in STAND_INS.items():
        text = None if text is None else text.replace(mark, value)
    return None if text is None else text.encode()


@pytest.mark.parametrize("item", CORPUS, ids=lambda item: item["name"])
def test_a_request_gets_what_the_corpus_says(server: httpx.Client, item: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", **item.get("headers", {})}
    answer = server.request(
        item.get("method", "POST"), item["path"], content=content_of(item), headers=headers
    )
    assert answer.status_code in item["status"], answer.text[:500]


@pytest.mark.parametrize("listing", LISTINGS)
def test_listings_answer_among_hostile_files(server: httpx.Client, listing: str) -> None:
    begun = time.monotonic()
    answer = server.get(f"/sdapi/v1/{listing}")
    assert answer.status_code == 200
    assert time.monotonic() - begun < SLOW


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_a_hostile_file_is_refused_by_name(server: httpx.Client, file: HostileFile) -> None:
    folder, _, name = file.path.partition("/")
    stem = name.rpartition(".")[0]
    body: dict[str, Any] = {
        "Stable-diffusion": {"override_settings": {"sd_model_checkpoint": name}},
        "Lora": {"prompt": f"a red circle <lora:{stem}:1>"},
        "VAE": {"override_settings": {"sd_vae": name}},
        "hypernetworks": {"prompt": f"a red circle <hypernet:{stem}:1>"},
    }[folder]
    answer = server.post("/sdapi/v1/txt2img", json={**PLAIN, **body})
    assert answer.status_code in (200, 422), answer.text[:500]
    said = " ".join(answer.json().get("warnings", [])) if answer.status_code == 200 else answer.text
    assert stem in said or name in said, said[:500]
