"""Poor man's outpainting: what each masked content asks for, without a model."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Script, discover
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("poor man's outpainting", is_img2img=True)
    assert found is not None
    return found


def run(script: Script, fill: object) -> tuple[GenerationResult, list[GenerationRequest]]:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(buffer, "PNG")
    request = a_request(img2img=Img2Img(images=(buffer.getvalue(),)), width=64, height=64)
    info = {"infotexts": ["text"], "index_of_first_image": 0, "all_seeds": [7]}
    assert script.run is not None
    steps = script.run(request, (32, 4, fill, ["right"]), FakeContext())
    asked: list[GenerationRequest] = []
    try:
        asked.append(next(steps))
        while True:
            asked.append(steps.send(GenerationResult(images=(buffer.getvalue(),), info=info)))
    except StopIteration as finished:
        return finished.value, asked


@pytest.mark.parametrize("index", range(4))
def test_an_index_counts(script: Script, index: int) -> None:
    result, asked = run(script, index)
    fills = {i.fill for r in asked if r.img2img and (i := r.img2img.inpaint)}
    assert fills == {index}
    assert not result.warnings and not any(r.unnamed_pairs for r in asked)


@pytest.mark.parametrize("name", ["fill", "original", "latent noise", "latent nothing"])
def test_every_name_acts_as_fill_and_says_so(script: Script, name: str) -> None:
    result, asked = run(script, name)
    assert {i.fill for r in asked if r.img2img and (i := r.img2img.inpaint)} == {0}
    assert all(r.unnamed_pairs == {"Masked content"} for r in asked)
    assert bool(result.warnings) == (name != "fill")


@pytest.mark.parametrize("fill", ["cream", 4, -1, 1.5, None])
def test_other_contents_are_refused(script: Script, fill: object) -> None:
    with pytest.raises(InvalidRequest, match="masked content"):
        run(script, fill)
