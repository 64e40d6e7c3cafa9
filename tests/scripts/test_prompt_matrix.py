"""Prompt matrix: every subset of the parts, in the order of a bit mask."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Script, discover
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("prompt matrix", is_img2img=False)
    assert found is not None
    return found


def png(red: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 32), (red, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def made(
    script: Script, args: tuple[Any, ...], context: FakeContext | None = None, **changes: Any
) -> tuple[GenerationRequest, GenerationResult]:
    """The request that a matrix makes, and its answer; picture k has k + 1 as its red."""
    assert script.run is not None
    run = script.run(a_request(**changes), args, context or FakeContext())
    asked = next(run)
    count = asked.batch_size * asked.batch_count
    images = tuple(png(k + 1) for k in range(count))
    info = {"infotexts": [f"text {k}" for k in range(count)], "index_of_first_image": 0}
    with pytest.raises(StopIteration) as ended:
        run.send(GenerationResult(images=images, info=info))
    return asked, ended.value.value


def test_subsets_are_ordered_by_bit_mask(script: Script) -> None:
    asked, _ = made(script, (False, False, "positive", "comma", 0), prompt="a cat|big, | red")
    assert asked.per_picture.prompts == ("a cat", "a cat, big", "a cat, red", "a cat, big, red")
    assert asked.per_picture.negative_prompts == ()
    assert asked.per_picture.seeds == (7, 7, 7, 7)


def test_parts_may_stand_first_and_be_joined_by_spaces(script: Script) -> None:
    asked, _ = made(script, (True, False, "positive", "space", 0), prompt="a cat|big|red")
    assert asked.per_picture.prompts == ("a cat", "big a cat", "red a cat", "big red a cat")


def test_the_negative_prompt_can_be_the_matrix(script: Script) -> None:
    args = (False, False, "negative", "comma", 0)
    asked, _ = made(script, args, prompt="x|y", negative_prompt="blur|dark")
    assert asked.per_picture.prompts == ()
    assert asked.per_picture.negative_prompts == ("blur", "blur, dark")


def test_seeds_may_count_up(script: Script) -> None:
    asked, _ = made(script, (False, True, "positive", "comma", 0), prompt="a|b|c")
    assert asked.per_picture.seeds == (7, 8, 9, 10)


def test_pictures_are_made_in_batches_and_without_a_grid_of_their_own(script: Script) -> None:
    asked, _ = made(script, (False, False, "positive", "comma", 0), prompt="a|b|c|d", batch_size=3)
    assert (asked.batch_count, asked.output.return_grid, asked.output.grid_save) == (3, False, False)


def test_a_grid_with_a_legend_stands_first_and_is_saved(script: Script) -> None:
    context = FakeContext()
    _, answer = made(script, (False, False, "positive", "comma", 4), context, prompt="a|b|c")
    assert answer.info["infotexts"] == ["text 0", "text 0", "text 1", "text 2", "text 3"]
    assert answer.info["index_of_first_image"] == 1
    assert context.saved == [(answer.images[0], 7, True)]
    grid = Image.open(io.BytesIO(answer.images[0])).convert("RGB")
    left, top = grid.width - 84, grid.height - 68
    assert left == 30
    # b chooses the column, c the row
    cells = [grid.getpixel((left + x, top + y)) for y in (0, 36) for x in (0, 44)]
    assert cells == [(1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0)]


@pytest.mark.parametrize("args", [(False, False, "both", "comma", 0), (False, False, "positive", "dot", 0)])
def test_other_choices_are_refused(script: Script, args: tuple[Any, ...]) -> None:
    assert script.run is not None
    with pytest.raises(InvalidRequest) as refused:
        next(script.run(a_request(prompt="a|b"), args, FakeContext()))
    assert refused.value.field == "script_args"
