"""Cells are known without an engine, one after the other."""

from __future__ import annotations

from itertools import islice

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires, Seeds
from pipelines.scripting.script_file import Names
from pipelines.scripting.xyz.plan import plan
from tests.pipelines.scripting.xyz.plotting import a_request, arguments

NAMES = Names(samplers=("Euler",), upscalers=("Lanczos",), latent_modes=("Latent",), schedulers=("Karras",))
SEED, STEPS, CHECKPOINT, HIRES_UPSCALER, STYLES, SIZE = 1, 4, 11, 28, 30, 41


def test_every_cell_has_its_changes() -> None:
    found = [
        part.request
        for part in plan(a_request(), arguments((STEPS, "4,6", []), (SIZE, "64x64,8x16", [])), NAMES)
    ]
    assert {(r.steps, r.width, r.height) for r in found} == {(4, 64, 64), (4, 8, 16), (6, 64, 64), (6, 8, 16)}


def test_a_billion_cells_are_begun_at_once() -> None:
    args = arguments(*((axis, "1-9999", []) for axis in (SEED, 2, 5)))
    assert len(list(islice(plan(a_request(), args, NAMES), 3))) == 3


def test_checkpoints_and_styles_need_no_engine() -> None:
    args = arguments((CHECKPOINT, "anything", []), (STYLES, "any", []))
    assert len(list(plan(a_request(), args, NAMES))) == 1


@pytest.mark.parametrize("values", ["64x64, huge", "64", "x", "64x64x64"])
def test_a_size_that_is_none_is_refused_at_once(values: str) -> None:
    with pytest.raises(InvalidRequest):
        list(plan(a_request(), arguments((SIZE, values, [])), NAMES))


def test_hires_upscalers_go_by_every_letter_case_and_must_be_there() -> None:
    request = a_request(hires=Hires())
    (part,) = plan(request, arguments((HIRES_UPSCALER, "lanczos", [])), NAMES)
    assert part.request.hires is not None and part.request.hires.upscaler == "Lanczos"
    with pytest.raises(InvalidRequest, match="nope"):
        list(plan(request, arguments((HIRES_UPSCALER, "nope", [])), NAMES))


def test_random_seeds_differ_from_request_to_request_under_a_fixed_seed() -> None:
    args = arguments((SEED, "-1,-1", []))

    def drawn(chance: int) -> list[int]:
        request = a_request(seeds=Seeds(seed=7, subseed=3, chance=chance))
        return [part.request.seeds.seed for part in plan(request, args, NAMES)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert len(set(drawn(1))) == 2
