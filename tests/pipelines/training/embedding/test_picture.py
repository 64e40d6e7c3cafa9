"""An embedding in a picture is read again from its text and from its pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pipelines.text.embeddings.files import read_embedding
from pipelines.training.embedding.picture import embedding_picture
from tests.pipelines.training.runs import write_embedding


def test_text_and_pixels_hold_it(tmp_path: Path) -> None:
    vectors = torch.randn((2, 64), generator=torch.Generator().manual_seed(1))
    write_embedding(tmp_path / "own.pt", vectors)
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    made = embedding_picture(buffer.getvalue(), tmp_path / "own.pt")
    (tmp_path / "text.png").write_bytes(made)
    with Image.open(io.BytesIO(made)) as image:
        assert set(image.info) == {"sd-ti-embedding"}
        assert image.width > 64
        image.convert("RGB").save(tmp_path / "pixels.webp", lossless=True)
    for name in ("text.png", "pixels.webp"):
        found = read_embedding(tmp_path / name)
        assert found is not None
        assert found.single is not None
        assert torch.equal(found.single, vectors)
        assert found.name == "own"
