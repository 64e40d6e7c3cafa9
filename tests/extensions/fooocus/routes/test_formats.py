"""Pictures in other formats."""

from __future__ import annotations

import io

from PIL import Image

from extensions.fooocus.drawing.saving import encoded
from extensions.fooocus.routes.formats import as_format
from tests.sdapi.fakes import png


def test_the_same_format_is_the_same_bytes() -> None:
    assert as_format(png(), "png") == png()


def test_exif_stays() -> None:
    data = encoded(Image.new("RGB", (8, 8)), "webp", "fooocus", "words")
    made = Image.open(io.BytesIO(as_format(data, "jpeg")))
    assert made.format == "JPEG"
    assert "words".encode("utf-16-be") in made.info["exif"]
