"""The plot as a whole: its pictures, their order in the grid, and their infotexts."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.results import GenerationResult
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request, arguments, picture, run_plot

STEPS, SEED, CFG, CHECKPOINT = 4, 1, 6, 11


def reds(image: bytes) -> list[list[int]]:
    """The red of the middle of every cell."""
    pixels = np.array(Image.open(io.BytesIO(image)))
    return pixels[16::32, 20::40, 0].tolist()


def test_x_goes_right_and_y_down() -> None:
    result, asked = run_plot(arguments((STEPS, "4, 6", []), (CFG, "1-3", [])))
    assert [(r.steps, r.cfg_scale) for r in asked] == [(4, 1), (6, 1), (4, 2), (6, 2), (4, 3), (6, 3)]
    assert len(result.images) == 1
    assert reds(result.images[0]) == [[4, 6]] * 3


def test_main_grid_sub_grids_and_images_in_this_order() -> None:
    result, _ = run_plot(arguments((STEPS, "4,6", []), z=(CFG, "1,2", []), images=True, sub_grids=True))
    sizes = [Image.open(io.BytesIO(image)).size for image in result.images]
    assert sizes == [(160, 32), (80, 32), (80, 32), *[(40, 32)] * 4]
    assert len(result.info["infotexts"]) == 7
    assert len(result.info["all_seeds"]) == 6
    assert result.info["index_of_first_image"] == 1


def test_infotexts_of_dropped_images_stay() -> None:
    result, _ = run_plot(arguments((STEPS, "4, 6", [])))
    main, first, second = result.info["infotexts"]
    assert main.endswith('Steps: 4, Script: X/Y/Z plot, X Type: Steps, X Values: "4, 6", Version: v1.10.1')
    assert "Script" not in first and "Steps: 6" in second


def test_a_failing_cell_is_an_empty_tile_and_a_warning() -> None:
    def make(request: GenerationRequest) -> GenerationResult:
        if request.steps == 6:
            raise InvalidRequest("no such thing")
        return picture(request)

    result, asked = run_plot(arguments((STEPS, "4, 6, 8", [])), make=make)
    assert len(asked) == 3
    assert reds(result.images[0]) == [[4, 0, 8]]
    assert result.warnings == ("cell Steps: 6 is empty: no such thing",)


def test_a_plot_without_any_picture_fails() -> None:
    def make(request: GenerationRequest) -> GenerationResult:
        raise InvalidRequest("never")

    with pytest.raises(InvalidRequest, match="never"):
        run_plot(arguments((STEPS, "4, 6", [])), make=make)


def test_an_interrupted_plot_shows_what_there_is() -> None:
    result, asked = run_plot(arguments((STEPS, "4, 6", [])), context=FakeContext(bounds=1))
    assert len(asked) == 1
    assert reds(result.images[0]) == [[4, 0]]


def test_checkpoints_change_least_often() -> None:
    _, asked = run_plot(arguments((CHECKPOINT, "one, two", []), (STEPS, "4, 6", [])))
    assert [(r.checkpoint[8:11], r.steps) for r in asked] == [("one", 4), ("one", 6), ("two", 4), ("two", 6)]


def test_seeds_vary_along_chosen_axes() -> None:
    _, asked = run_plot(arguments((STEPS, "4, 6", []), (CFG, "1, 2", []), vary_x=True, vary_y=True))
    assert [r.seeds.seed for r in asked] == [7, 8, 9, 10]


def test_random_seeds_of_an_axis_are_fixed_and_told() -> None:
    args = arguments((SEED, "-1, 5", []), (CFG, "1, 2", []))
    result, asked = run_plot(args)
    seeds = [r.seeds.seed for r in asked]
    assert seeds[0] == seeds[2] != -1 and seeds[1] == seeds[3] == 5
    assert f'Fixed X Values: "{seeds[0]}, 5"' in result.info["infotexts"][0]
    again, _ = run_plot(args)
    assert again.info["infotexts"] == result.info["infotexts"]


def test_kept_random_seeds_differ_from_cell_to_cell() -> None:
    request = a_request(seeds=Seeds(seed=7, subseed=3, random=True))
    _, asked = run_plot(arguments((CFG, "1-5", []), random=True), request)
    assert len({r.seeds.seed for r in asked}) == 5


def test_legends_and_margins_enlarge_the_grid() -> None:
    result, _ = run_plot(arguments((STEPS, "4, 6", []), (CFG, "1, 2", []), legend=True, margin=10))
    width, height = Image.open(io.BytesIO(result.images[0])).size
    assert (width, height > 32 * 2 + 10) == (40 * 2 + 10 + 30, True)


def test_a_huge_grid_is_refused_before_any_picture() -> None:
    request = a_request(width=1024, height=1024, output=OutputOptions(img_max_size_mp=4))
    with pytest.raises(InvalidRequest, match=r"too large \(4 MPixels\)"):
        run_plot(arguments((STEPS, "1-4", [])), request)


def test_job_names_count_batches() -> None:
    context = FakeContext()
    run_plot(arguments((STEPS, "4, 6", [])), a_request(batch_count=2), context)
    assert context.jobs == ["1 out of 2 of 4", "2 out of 2 of 4"]
