"""SD upscale: the enlarged picture is repainted tile by tile."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.scripting.script_file import Names, Script, discover
from tests.pipelines.pictures.files import scene
from tests.pipelines.scripting.xyz.plotting import FakeContext, a_request

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
NAMES = Names(upscalers=("None", "Lanczos"))


@pytest.fixture(scope="module")
def script() -> Script:
    found = discover(SCRIPTS).find("sd upscale", is_img2img=True)
    assert found is not None
    return found


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def repainted(
    script: Script, args: tuple[Any, ...], context: FakeContext | None = None, **changes: Any
) -> tuple[list[GenerationRequest], GenerationResult]:
    """The requests of a 16 x 8 picture in tiles of 8 x 8, which answer what they start from."""
    assert script.run is not None
    start = Img2Img(images=(png(scene(16, 8)),))
    request = a_request(**({"img2img": start, "width": 8, "height": 8, "save_images": True} | changes))
    run = script.run(request, args, context or FakeContext(names=NAMES))
    asked = [next(run)]
    try:
        while True:
            one = asked[-1]
            assert one.img2img is not None
            seeds = [one.seeds.seed + k for k in range(one.batch_size)]
            info = {"infotexts": ["text"] * one.batch_size, "all_seeds": seeds, "index_of_first_image": 0}
            asked.append(run.send(GenerationResult(images=one.img2img.images, info=info)))
    except StopIteration as ended:
        return asked, ended.value


def test_tiles_that_nobody_changed_join_to_the_picture(script: Script) -> None:
    context = FakeContext(names=NAMES)
    asked, answer = repainted(script, (None, 0, "None", 2.0), context)
    assert len(asked) == 2
    joined = Image.open(io.BytesIO(answer.images[0]))
    assert joined.tobytes() == scene(16, 8).tobytes()
    assert context.saved == [(answer.images[0], 7, False)]
    assert answer.info["index_of_first_image"] == 0


def test_tiles_overlap(script: Script) -> None:
    # ceil((16 - 4) / (8 - 4)) = 3
    asked, answer = repainted(script, (None, 4, "None", 2.0))
    assert len(asked) == 3
    assert Image.open(io.BytesIO(answer.images[0])).size == (16, 8)


def test_a_request_of_a_tile_saves_nothing_and_tells_the_script(script: Script) -> None:
    (first, _), _ = repainted(script, (None, 0, "none", 2.0))
    assert (first.save_images, first.batch_count) == (False, 1)
    assert first.pairs == (("SD upscale overlap", 0), ("SD upscale upscaler", "None"))


def test_tiles_are_painted_in_batches_and_their_seeds_count_on(script: Script) -> None:
    asked, _ = repainted(script, (None, 4, "None", 2.0), batch_size=2)
    assert [one.batch_size for one in asked] == [2, 1]
    assert [one.seeds.seed for one in asked] == [7, 9]


def test_every_picture_begins_with_the_next_seed(script: Script) -> None:
    asked, answer = repainted(script, (None, 0, "None", 2.0), batch_count=2)
    assert [one.seeds.seed for one in asked] == [7, 8, 8, 9]
    assert len(answer.images) == 2


def test_an_interrupt_leaves_the_other_tiles_as_they_were(script: Script) -> None:
    asked, answer = repainted(script, (None, 0, "None", 2.0), FakeContext(names=NAMES, bounds=0))
    assert len(asked) == 1
    assert Image.open(io.BytesIO(answer.images[0])).tobytes() == scene(16, 8).tobytes()


@pytest.mark.parametrize("upscaler", ["magic", 2, -1])
def test_an_unknown_upscaler_is_refused(script: Script, upscaler: object) -> None:
    with pytest.raises(InvalidRequest, match="could not find upscaler named"):
        repainted(script, (None, 0, upscaler, 2.0))
