"""The plot's arguments: axes, values and seeds, and the request of each cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.scripting.xyz.settings import PlotSettings, cell_request, read_settings
from tests.pipelines.scripting.xyz.plotting import NOTHING, FakeContext, a_request, arguments

SEED, STEPS, CFG, CHECKPOINT = (1, 4, 6, 11)


def settings(
    x: tuple[Any, ...] = NOTHING, y: tuple[Any, ...] = NOTHING, z: tuple[Any, ...] = NOTHING, **flags: Any
) -> PlotSettings:
    return read_settings(a_request(), arguments(x, y, z, **flags), FakeContext())


def cell(plot: PlotSettings, at: tuple[int, int, int], **changes: Any) -> GenerationRequest:
    return cell_request(a_request(**changes), plot, at, FakeContext())


def test_a_list_is_used_unless_texts_are_asked_for() -> None:
    listed, text = ["Euler", "Euler a"], "Euler"
    request, context = a_request(), FakeContext()
    of_list = read_settings(request, arguments(("Sampler", text, listed)), context).x
    of_text = read_settings(request, arguments(("Sampler", text, listed), csv=True), context).x
    assert (of_list.values, of_list.written) == (("Euler", "Euler a"), "Euler,Euler a")
    assert of_text.values == ("Euler",)


def test_the_number_of_arguments_is_checked() -> None:
    with pytest.raises(InvalidRequest, match="takes 18 arguments"):
        read_settings(a_request(), (), FakeContext())


@pytest.mark.parametrize("axis", [STEPS, "4", "Steps", " steps "])
def test_an_axis_goes_by_index_or_label(axis: object) -> None:
    assert settings((axis, "1", [])).x.axis.label == "Steps"


@pytest.mark.parametrize("axis", [None, "", 0, "Nothing"])
def test_an_empty_axis_has_one_value_and_no_pairs(axis: object) -> None:
    found = settings((axis, "ignored", []))
    assert (found.x.values, found.x.pairs(), found.count) == (("",), {}, 1)


@pytest.mark.parametrize("axis", [-1, "-1", 42, "99", "Foo"])
def test_an_unknown_axis_is_refused(axis: object) -> None:
    with pytest.raises(InvalidRequest, match="no axis") as refused:
        settings((axis, "1", []))
    assert refused.value.field == "script.args"


def test_an_axis_without_values_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Y values of Steps are empty"):
        settings(y=(STEPS, " , ", []))


def test_cells_run_over_x_first() -> None:
    plot = settings((STEPS, "1,2", []), (CFG, "1-3", []), (SEED, "5,6", []))
    cells = plot.cells()
    assert plot.count == len(cells) == 12
    assert cells[:3] == [(0, 0, 0), (1, 0, 0), (0, 1, 0)]
    assert cells[6] == (0, 0, 1)


def test_slow_axes_are_the_outer_loops() -> None:
    plot = settings((CHECKPOINT, "one,two", []), (STEPS, "1,2", []))
    assert plot.cells() == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0)]


def test_seeds_of_an_axis_are_drawn_once_and_written() -> None:
    found = settings((SEED, "-1, 5", []))
    drawn, five = found.x.values
    assert drawn != -1 and five == 5
    assert found.x.pairs() == {
        "X Type": "Seed",
        "X Values": "-1, 5",
        "Fixed X Values": f"{drawn}, 5",
    }
    assert settings((SEED, "-1, 5", [])).x.values == found.x.values


def test_kept_random_seeds_stay_random_until_the_cell() -> None:
    found = settings((SEED, "-1, 5", []), random=True)
    assert found.x.values == (-1, 5)
    assert "Fixed X Values" not in found.x.pairs()
    first, second = cell(found, (0, 0, 0)), cell(found, (1, 0, 0))
    assert first.seeds.seed >= 0 and second.seeds.seed == 5


def test_a_seed_varies_by_the_places_along_the_axes_that_ask() -> None:
    plot = settings((STEPS, "1,2", []), (CFG, "1-3", []), (SEED, "50,60", []), vary_y=True, vary_z=True)
    assert cell(plot, (1, 0, 0)).seeds.seed == 50
    assert cell(plot, (0, 2, 0)).seeds.seed == 52
    assert cell(plot, (0, 2, 1)).seeds.seed == 60 + 2 + 3


def test_variation_seeds_of_minus_one_are_drawn_per_cell() -> None:
    plot, seeds = settings((STEPS, "1,2", [])), Seeds(seed=7, subseed=-1)
    drawn = [cell(plot, (x, 0, 0), seeds=seeds).seeds.subseed for x in (0, 1, 0)]
    assert -1 not in drawn
    assert drawn[0] == drawn[2] != drawn[1]


def test_a_random_request_keeps_the_seed_that_an_axis_sets() -> None:
    plot = settings((SEED, "5", []), random=True)
    assert cell(plot, (0, 0, 0), seeds=Seeds(seed=7, subseed=3, random=True)).seeds.seed == 5


def test_all_axes_change_a_cell() -> None:
    plot = settings((STEPS, "1,2", []), (CFG, "3,4", []))
    assert cell(plot, (1, 1, 0)) == replace(a_request(), steps=2, cfg_scale=4.0)
