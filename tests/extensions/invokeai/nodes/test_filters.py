"""Nodes that fill holes, find edges and enlarge pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet import plugin
from extensions.invokeai.drawing import enlarge
from extensions.invokeai.drawing.patches import Colours, Coordinates, Search
from extensions.invokeai.store.images import ImageWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import GraphEngine, graph

NETWORK = {"key": "k", "hash": "", "name": "x2net", "base": "any", "type": "spandrel_image_to_image"}


def holed() -> Image.Image:
    """32 x 16: the left half opaque red, the right half transparent."""
    image = Image.new("RGBA", (32, 16), (255, 0, 0, 255))
    image.paste((0, 255, 0, 0), (16, 0, 32, 16))
    return image


@pytest.fixture
def half(bench: Bench) -> dict[str, str]:
    return bench.keep(holed())


def test_a_colour_fills_holes(bench: Bench, half: dict[str, str]) -> None:
    filled = bench.drawn("infill_rgba", image=half)
    assert filled[0, [0, 31]].tolist() == [[255, 0, 0, 255], [127, 127, 127, 255]]


@pytest.mark.parametrize("kind", ["infill_tile", "infill_cv2", "infill_patchmatch"])
def test_holes_are_filled_from_the_rest(kind: str, bench: Bench, half: dict[str, str]) -> None:
    more = {"infill_tile": {"tile_size": 8}, "infill_patchmatch": {"downscale": 1.0}}.get(kind, {})
    filled = bench.drawn(kind, image=half, **more).astype(int)
    assert filled.shape[:2] == (16, 32)
    assert np.abs(filled[..., :3] - [255, 0, 0]).max() <= 2


def test_holes_are_filled_by_lama_where_they_are_transparent(
    bench: Bench, half: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def draw_map(name: str, image: Image.Image, services: Any, *, mask: Image.Image) -> Image.Image:
        given.append((name, image.mode, [mask.getpixel((x, 0)) for x in (0, 31)]))
        return image

    monkeypatch.setattr(plugin, "draw_map", draw_map)
    bench.run("infill_lama", image=half)
    assert given == [("inpaint_only+lama", "RGB", [0, 255])]


def test_the_white_part_of_a_mask_is_healed(bench: Bench) -> None:
    image = Image.new("RGB", (32, 16), "red")
    image.paste("green", (16, 0, 32, 16))
    mask = Image.new("L", (16, 8), 0)
    mask.paste(255, (8, 0, 16, 8))
    healed = bench.drawn("cv_inpaint", image=bench.keep(image), mask=bench.keep(mask))
    assert np.abs(healed.astype(int) - [255, 0, 0]).max() <= 2


def test_edges_are_white_lines(bench: Bench) -> None:
    image = Image.new("RGB", (32, 16), "black")
    image.paste("white", (16, 0, 32, 16))
    found = bench.drawn("canny_edge_detection", image=bench.keep(image))
    assert found.shape == (16, 32, 3) and not found[8, [0, 31]].any()
    assert found[8, 14:18].max() == 255


def test_holes_are_not_filled_at_a_larger_size(bench: Bench, half: dict[str, str]) -> None:
    filled = bench.drawn("infill_patchmatch", image=half, downscale=0.1)
    assert filled.shape[:2] == (16, 32)
    assert bench.services.warnings == [
        "the hole is filled at 32x16 pixels instead of 320x160, which is larger than it is done"
    ]


@pytest.fixture
def enlarged(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, int] | None]]:
    """Names and sizes that a stand-in of enlarging was asked for."""
    asked: list[tuple[str, tuple[int, int] | None]] = []

    def by_network(context: Any, image: Image.Image, name: str, size: tuple[int, int] | None) -> Image.Image:
        asked.append((name, size))
        return image

    monkeypatch.setattr(enlarge, "by_network", by_network)
    folder = bench.engine.settings.folders.esrgan[0]
    folder.mkdir(parents=True)
    (folder / "x2net.pth").touch()
    return asked


def test_pictures_are_enlarged_by_the_named_network(
    bench: Bench, half: dict[str, str], enlarged: list[Any]
) -> None:
    bench.run("spandrel_image_to_image", image=half, image_to_image_model=NETWORK)
    bench.run("esrgan", image=half, model_name="RealESRGAN_x2plus.pth")
    assert enlarged == [("x2net", None), ("RealESRGAN_x2plus", None)]


def test_a_scale_gives_the_size_in_whole_cells_if_asked(
    bench: Bench, half: dict[str, str], enlarged: list[Any]
) -> None:
    kind = "spandrel_image_to_image_autoscale"
    for scale, fit in ((2.0, False), (1.3, False), (1.3, True), (0.01, False), (0.01, True)):
        bench.run(kind, image=half, image_to_image_model=NETWORK, scale=scale, fit_to_multiple_of_8=fit)
    assert [size for _, size in enlarged] == [(64, 32), (42, 21), (40, 16), (1, 1), (8, 8)]


def test_a_scale_beyond_the_limits_is_refused(bench: Bench, enlarged: list[Any]) -> None:
    large = bench.keep(Image.new("L", (4096, 1024)))
    with pytest.raises(InvalidRequest, match="beyond"):
        bench.run("spandrel_image_to_image_autoscale", image=large, image_to_image_model=NETWORK, scale=16.0)
    assert enlarged == []


def test_patches_are_looked_for_until_the_session_is_cancelled(
    engine: GraphEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, voted = JobControl(), list[object]()
    begin, votes = Search.begin, Search.votes

    def cancelling(self: Search, chance: np.random.Generator) -> Coordinates:
        control.ask(Action.CANCEL)
        return begin(self, chance)

    def counted(self: Search, flat: Colours, found: Coordinates) -> Colours:
        voted.append(found)
        return votes(self, flat, found)

    monkeypatch.setattr(Search, "begin", cancelling)
    monkeypatch.setattr(Search, "votes", counted)
    image = {"image_name": engine.store.images.save(holed(), ImageWish()).image_name}
    ran = engine.run(graph({"n": {"type": "infill_patchmatch", "image": image, "downscale": 1.2}}), control)
    assert isinstance(ran.failure, Cancelled) and not voted
