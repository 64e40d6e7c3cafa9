"""Loopback: what every loop starts from, without a model."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Script, discover
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("loopback", is_img2img=True)
    assert found is not None
    return found


def png(color: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("batches", [1, 2])
def test_every_loop_matches_the_colours_of_the_first_picture(script: Script, batches: int) -> None:
    first = png("red")
    request = a_request(
        img2img=Img2Img(images=(first,)), denoising_strength=0.6, batch_count=batches, width=8, height=8
    )
    assert script.run is not None
    steps = script.run(request, (3, 0.4, "Linear", "None"), FakeContext())
    info = {"infotexts": ["text"], "seed": 7, "all_seeds": [7], "all_prompts": [""]}
    info["extra_generation_params"] = []
    asked: list[GenerationRequest] = []
    try:
        asked.append(next(steps))
        while True:
            asked.append(steps.send(GenerationResult(images=(png("blue"),), info=info)))
    except StopIteration:
        pass
    sources = [one.img2img for one in asked if one.img2img]
    assert [source.color_reference for source in sources] == [first] * 3 * batches
    assert [source.images[0] == first for source in sources] == [True, False, False] * batches
