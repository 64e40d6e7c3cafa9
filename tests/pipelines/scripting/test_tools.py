"""Tools of script files: pictures and seeds of requests, and results put together."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Img2Img, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.scripting import tools


def request(**changes: Any) -> GenerationRequest:
    return GenerationRequest(checkpoint="one", seeds=Seeds(seed=7, subseed=3), **changes)


def drawn(size: tuple[int, int] = (8, 6)) -> Image.Image:
    return Image.new("RGB", size, "red")


def result(first: int, **changes: Any) -> GenerationResult:
    """A grid, if ``first`` is 1, and two pictures."""
    names = ("grid", "a", "b")[1 - first :]
    info = {"infotexts": list(names), "index_of_first_image": first, "seed": 7}
    return GenerationResult(images=tuple(name.encode() for name in names), info=info, **changes)


@pytest.mark.parametrize(
    ("value", "pixels"), [(None, 0), ("", 0), (0, 0), (12, 12), ("12", 12), (7.9, 7), (4096, 4096)]
)
def test_a_margin_is_a_number_of_pixels(value: object, pixels: int) -> None:
    assert tools.margin(value) == pixels


@pytest.mark.parametrize("value", [-1, 4097])
def test_a_margin_has_bounds(value: int) -> None:
    with pytest.raises(SdapiError) as refused:
        tools.margin(value)
    assert refused.value.field == "script.args"


@pytest.mark.parametrize("given", [request(), request(img2img=Img2Img(images=()))])
def test_a_request_without_init_pictures_is_refused(given: GenerationRequest) -> None:
    for read in (tools.source, tools.start_size):
        with pytest.raises(InvalidRequest, match="Init image not found") as refused:
            read(given)
        assert refused.value.field == "start.images"


def test_other_init_pictures_keep_the_rest() -> None:
    given = request(img2img=Img2Img(images=(tools.png(drawn((4, 4))),), noise_multiplier=0.5), steps=9)
    changed = tools.from_picture(given, drawn(), drawn((2, 2)))
    assert tools.start_size(changed) == (8, 6)
    assert (len(tools.source(changed).images), tools.source(changed).noise_multiplier) == (2, 0.5)
    assert changed.steps == 9


def test_raw_pictures_keep_their_mode() -> None:
    mask = Image.open(io.BytesIO(tools.raw_png(Image.new("L", (2, 2), 7))))
    assert (mask.mode, mask.getpixel((0, 0))) == ("L", 7)


def test_a_pictures_infotext_is_written() -> None:
    data = tools.png(drawn(), "a cat")
    assert Image.open(io.BytesIO(data)).info["parameters"] == "a cat"
    assert tools.opened(data).size == (8, 6)


def test_another_seed_leaves_the_variation() -> None:
    assert tools.with_seed(request(), 9).seeds == Seeds(seed=9, subseed=3)


def test_no_grid_is_made_or_saved() -> None:
    output = OutputOptions(return_grid=True, grid_save=True, n_rows=2)
    changed = tools.without_grid(request(output=output)).output
    assert (changed.return_grid, changed.grid_save, changed.n_rows) == (False, False, 2)


@pytest.mark.parametrize("first", [0, 1])
def test_samples_leave_out_the_grid(first: int) -> None:
    assert tools.pictures(result(first)) == (b"a", b"b")
    assert tools.sample_infotexts(result(first)) == ["a", "b"]


def test_a_result_without_a_first_picture_has_no_grid() -> None:
    assert tools.pictures(GenerationResult(images=(b"a",), info={"infotexts": ["a"]})) == (b"a",)


def test_results_are_joined_under_the_first_ones_info() -> None:
    results = [result(1, warnings=("w", "x"), files=("one",)), result(0, warnings=("x", "y"), files=("two",))]
    joined = tools.combined(results, [b"c"], ["text"], seed=8)
    assert joined.images == (b"c",)
    assert joined.info == {"infotexts": ["text"], "index_of_first_image": 1, "seed": 8}
    assert joined.warnings == ("w", "x", "y")
    assert joined.files == ("one", "two")


def test_legends_have_the_options_colours() -> None:
    output = OutputOptions(grid_background_color="#111111", grid_text_active_color="#222222")
    style = tools.legend_style(output)
    assert (style.background, style.active) == ("#111111", "#222222")
