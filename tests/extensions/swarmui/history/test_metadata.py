"""Metadata goes into a picture and comes back, its pixels untouched."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from extensions.swarmui.history.metadata import metadata_text, read_text, with_star, with_texts
from extensions.swarmui.history.saving import encoded
from tests.sdapi.fakes import png


@pytest.mark.parametrize("text", ["plain", "Grüße ☃", "", "x" * 200_000])
def test_a_png_carries_text(text: str, tmp_path: Path) -> None:
    before = with_texts(png(), {"parameters": "old", "other": "y"})
    after = with_texts(before, {"parameters": text})
    (tmp_path / "a.png").write_bytes(after)
    assert (read_text(tmp_path / "a.png") or "") == text
    with Image.open(io.BytesIO(after)) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
        assert image.info == {"parameters": text}


@pytest.mark.parametrize("kind", ["PNG", "JPG", "JPG75", "WEBP", "WEBP_LOSSLESS"])
def test_every_format_carries_it(kind: str, tmp_path: Path) -> None:
    text = metadata_text({"prompt": "Grüße"}, {"date": "2024-01-02"})
    file = encoded(png(64, 64), kind, text, None)
    path = tmp_path / f"a.{file.suffix}"
    path.write_bytes(file.data)
    assert json.loads(read_text(path) or "")["sui_image_params"] == {"prompt": "Grüße"}
    assert text.isascii()


def test_an_infotext_has_its_place_beside(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(png(), "PNG", "{}", "a cat\nSteps: 4").data)
    with Image.open(tmp_path / "a.png") as image:
        assert image.info == {"parameters": "a cat\nSteps: 4", "sui_image_params": "{}"}
    assert read_text(tmp_path / "a.png") == "{}"


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt", b"nothing"]
)
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "mp4"])
def test_damaged_files_have_none(data: bytes, suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"a.{suffix}").write_bytes(data)
    assert read_text(tmp_path / f"a.{suffix}") is None


def test_a_text_beside_counts(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a.swarm.json").write_text("{}")
    assert read_text(tmp_path / "a.mp4") == "{}"


@pytest.mark.parametrize("text", [None, "", "no json", "[]", '{"a": 1}'])
def test_a_star_is_an_entry(text: str | None) -> None:
    starred = json.loads(with_star(text))
    assert starred["is_starred"] is True
    assert starred.get("a") == (1 if text == '{"a": 1}' else None)
