"""Pictures in requests: read at one place, in every form, and refused with the field's name."""

from __future__ import annotations

import base64
import struct
import subprocess
import zlib
from typing import Any

import anyio
import pytest
from PIL import Image

from sdapi.http.errors import ApiError
from sdapi.http.fetch import FetchPolicy
from sdapi.http.pictures import PictureReader
from sdapi.http.responses import encode_base64
from tests.pipelines.pictures.files import chunk, encoded, exif, scene
from tests.sdapi.conftest import MakeServer, Server

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n%%EOF\n"
PNG = encoded(scene())
TEXT = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12, Size: 64x64"
REPEATED = b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0" * 600
BLOCKS = [
    b"Exif\0\0MM\0*\0\0\0\x08\0\x01garbage",
    b"Exif\0\0II*\0\x08\0\0\0\x01\0",
    b"Exif\0\0",
    b"Exif\0\0II*\0\xff\xff\xff\x7f",
    b"Exif\0\0" + REPEATED,
]
PLACES: dict[str, Any] = {
    "/sdapi/v1/img2img": lambda text: {"init_images": [text]},
    "/sdapi/v1/png-info": lambda text: {"image": text},
    "/sdapi/v1/extra-single-image": lambda text: {"image": text},
    "/sdapi/v1/extra-batch-images": lambda text: {"imageList": [{"data": text, "name": "x"}]},
    "/sdapi/v1/interrogate": lambda text: {"image": text},
    "/sdapi/v1/train/lora": lambda text: {"output_name": "one", "images": [{"image": text}]},
}
MASKED = {"/sdapi/v1/img2img": lambda text: {"init_images": [encode_base64(PNG)], "mask": text}}


def status(server: Server, path: str, body: Any) -> int:
    """The status of an answer."""
    return server.client.post(path, json=body).status_code


@pytest.mark.parametrize("path", PLACES)
def test_no_picture_starts_a_program(server: Server, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: started.append(args))
    answer = server.client.post(path, json=PLACES[path](encode_base64(EPS)))
    assert (answer.status_code, started) == (422, [])
    assert "Invalid encoded image" in answer.text


@pytest.mark.parametrize("path", PLACES)
def test_base64_as_people_write_it(server: Server, path: str) -> None:
    plain = encode_base64(PNG)
    safe = base64.urlsafe_b64encode(PNG).decode()
    lines = "\n".join(plain[k : k + 76] for k in range(0, len(plain), 76))
    for text in (plain.rstrip("="), safe, safe.rstrip("="), lines, f"data:text/plain;base64,{plain}"):
        assert status(server, path, PLACES[path](text)) == 200


def test_init_pictures_and_masks_arrive_unchanged(server: Server) -> None:
    safe = base64.urlsafe_b64encode(PNG).decode().rstrip("=")
    assert status(server, "/sdapi/v1/img2img", {"init_images": [safe], "mask": safe}) == 200
    source = server.jobs.generation.img2img
    assert source is not None
    assert source.inpaint is not None
    assert (source.images, source.inpaint.mask) == ((PNG,), PNG)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("block", BLOCKS)
def test_damaged_exif_is_read_past(server: Server, path: str, kind: str, block: bytes) -> None:
    assert status(server, path, PLACES[path](encode_base64(encoded(scene(), kind, exif=block)))) == 200


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "PNG"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_png_info_reads_comments_of_any_encoding(server: Server, kind: str, encoding: str) -> None:
    data = encoded(scene(32, 32), kind, exif=exif(b"UNICODE\0" + TEXT.encode(encoding)))
    answer = server.client.post("/sdapi/v1/png-info", json={"image": encode_base64(data)}).json()
    assert (answer["info"], answer["parameters"]["Seed"]) == (TEXT, "12")


def test_png_info_survives_broken_texts(server: Server) -> None:
    data = PNG[:33] + chunk(b"zTXt", b"a\0\0?") + chunk(b"tEXt", b"parameters\0" + TEXT.encode(), sound=False)
    answer = server.client.post("/sdapi/v1/png-info", json={"image": encode_base64(data + PNG[33:])})
    assert (answer.status_code, answer.json()["info"]) == (200, TEXT)


@pytest.mark.parametrize("path", [*PLACES, *MASKED])
def test_bombs_are_refused(make_server: MakeServer, path: str) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 300, 200, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    for place in (PLACES, MASKED):
        if path in place:
            answer = make_server(max_image_pixels=50_000).client.post(
                path, json=place[path](encode_base64(bomb))
            )
            assert answer.status_code == 422
            assert "300x200" in answer.text


def test_sizes_are_checked_without_decoding() -> None:
    reader = PictureReader(policy=FetchPolicy, max_pixels=383)

    async def read(text: str) -> bytes | None:
        return await reader.read_text(text, field="args.0.image")

    with pytest.raises(ApiError) as caught:
        anyio.run(read, encode_base64(PNG))
    assert (caught.value.field, caught.value.detail) == ("args.0.image", "Image of 24x16 pixels is too large")
    assert [anyio.run(read, text) for text in ("", "no base64 at all!", encode_base64(EPS))] == [None] * 3
    small = encoded(Image.new("1", (19, 20)))
    assert anyio.run(read, encode_base64(small)) == small


@pytest.mark.parametrize("where", ["option", "override"])
def test_avif_is_a_format(server: Server, where: str) -> None:
    values = {"samples_format": "avif"}
    body: dict[str, Any] = {"prompt": "a cat"}
    if where == "option":
        assert status(server, "/sdapi/v1/options", values) == 200
    else:
        body["override_settings"] = values
    assert status(server, "/sdapi/v1/txt2img", body) == 200
    generation = server.jobs.generation
    assert generation.output.samples_format == "avif"
    assert generation.response_format == ("avif" if where == "option" else "png")
