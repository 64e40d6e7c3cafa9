"""Colours that img2img matches: of its pictures, or of a reference of its own."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.heed import in_one_go
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.generation.sampling_pass import InitImages
from pipelines.generation.start.init_images import prepare_init_images
from pipelines.pictures.color import lab_reference
from tests.engines import make_request


def png(color: tuple[int, ...], mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (40, 30), color).save(buffer, "PNG")
    return buffer.getvalue()


def prepared(request: GenerationRequest) -> InitImages:
    return in_one_go(prepare_init_images(request, 64, 64, None, cell=8, mask_round=True, warn=print))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_those_of_a_reference_of_its_own(models_dir: Path, mode: str) -> None:
    own = png((10, 200, 30) if mode == "RGB" else (10, 200, 30, 0), mode)
    start = Img2Img(images=(png((250, 0, 0)),), color_reference=own)
    options = GenerationOptions(img2img_color_correction=True)
    request = make_request(models_dir, img2img=start, batch_size=2, options=options)
    made = prepared(request)
    expected = lab_reference(Image.new("RGB", (40, 30), (10, 200, 30)))
    assert len(made.references) == 2
    assert all(np.array_equal(one, expected) for one in made.references)
    plain = replace(request, img2img=replace(start, color_reference=None))
    assert prepared(plain).references[0].shape == (64, 64, 3)
    off = replace(request, options=GenerationOptions())
    assert not prepared(off).references
