"""Outpainting mk2: sizes, directions and what is asked for, without a model."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    found = discover(SCRIPTS).find("outpainting mk2", is_img2img=True)
    assert found is not None
    return found


def request_of(**changes: Any) -> GenerationRequest:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 80), (200, 30, 30)).save(buffer, "PNG")
    return a_request(img2img=Img2Img(images=(buffer.getvalue(),)), width=96, height=80, **changes)


def green(request: GenerationRequest) -> GenerationResult:
    buffer = io.BytesIO()
    Image.new("RGB", (request.width, request.height), (0, 250, 0)).save(buffer, "PNG")
    info = {
        "infotexts": ["text"] * request.batch_size,
        "index_of_first_image": 0,
        "seed": 7,
        "width": request.width,
        "height": request.height,
    }
    return GenerationResult(images=(buffer.getvalue(),) * request.batch_size, info=info)


def run(
    script: Script, request: GenerationRequest, directions: list[str], context: FakeContext | None = None
) -> tuple[GenerationResult, list[GenerationRequest]]:
    assert script.run is not None
    steps = script.run(request, (None, 32, 8, directions, 1.0, 0.05), context or FakeContext())
    asked: list[GenerationRequest] = []
    try:
        step = next(steps)
        while True:
            asked.append(step)
            step = steps.send(green(step))
    except StopIteration as finished:
        return finished.value, asked


def test_sides_become_multiples_of_64(script: Script) -> None:
    result, asked = run(script, request_of(), ["left", "right"])
    assert Image.open(io.BytesIO(result.images[0])).size == (192, 80)
    assert [(r.width, r.height) for r in asked] == [(96, 128), (96, 128)]


def test_each_direction_is_a_pass_in_a_fixed_order(script: Script) -> None:
    result, asked = run(script, request_of(), ["down", "left", "up", "right"])
    assert len(asked) == 4
    blurs = [(i.blur_x, i.blur_y) for r in asked if r.img2img and (i := r.img2img.inpaint)]
    assert blurs == [(32, 32)] * 4
    sizes = [(r.width, r.height) for r in asked]
    assert (result.info["width"], result.info["height"]) == sizes[-1] != sizes[0]
    assert Image.open(io.BytesIO(result.images[0])).size == (192, 192)


@pytest.mark.parametrize(
    ("directions", "blur"),
    [(["left"], (32, 0)), (["up", "down"], (0, 32)), (["right", "down"], (32, 32)), (["Left"], (32, 0))],
)
def test_an_axis_that_grows_blurs_the_mask_of_every_pass(
    script: Script, directions: list[str], blur: tuple[int, int]
) -> None:
    _, asked = run(script, request_of(), directions)
    blurs = [(i.blur_x, i.blur_y) for r in asked if r.img2img and (i := r.img2img.inpaint)]
    assert blurs == [blur] * len(directions)


def test_only_the_new_side_is_repainted(script: Script) -> None:
    _, asked = run(script, request_of(), ["left"])
    source = asked[0].img2img
    assert source is not None and source.inpaint is not None
    mask = Image.open(io.BytesIO(source.inpaint.mask))
    latent = Image.open(io.BytesIO(source.inpaint.latent_mask or b""))
    assert mask.getpixel((31, 10)) == 255 and mask.getpixel((41, 10)) == 0
    assert latent.getpixel((47, 10)) == 255 and latent.getpixel((49, 10)) == 0
    assert not asked[0].save_images and source.inpaint.fill == 1


def test_repetitions_and_batches_make_a_grid(script: Script) -> None:
    request = request_of(batch_size=2, batch_count=2)
    result, asked = run(script, request, ["up"])
    assert [r.seeds.seed for r in asked] == [7, 9]
    assert len(result.images) == 5 and result.info["index_of_first_image"] == 1
    plain = replace(request, output=replace(request.output, return_grid=False))
    assert len(run(script, plain, ["up"])[0].images) == 4


def test_final_pictures_and_their_grid_are_saved(script: Script) -> None:
    context = FakeContext()
    result, _ = run(script, request_of(batch_size=2), ["up", "left"], context)
    assert [(seed, grid) for _, seed, grid in context.saved] == [(7, False), (8, False), (7, True)]
    assert [data for data, _, _ in context.saved] == [*result.images[1:], result.images[0]]


def test_no_direction_is_refused(script: Script) -> None:
    with pytest.raises(InvalidRequest, match="no direction"):
        run(script, request_of(), [])
