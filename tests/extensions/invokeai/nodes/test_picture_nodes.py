"""Nodes on pictures: sizes, colours, masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from extensions.invokeai.drawing.patches import Colours, Coordinates, Search
from extensions.invokeai.store.images import ImageWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from tests.extensions.invokeai.graphs import GraphEngine, Ran, graph


def keep(engine: GraphEngine, image: Image.Image) -> dict[str, str]:
    return {"image_name": engine.store.images.save(image, ImageWish()).image_name}


def run(engine: GraphEngine, **node: Any) -> NDArray[np.uint8]:
    ran = engine.run(graph({"n": node}))
    assert ran.failure is None, ran.item["error_traceback"]
    return np.asarray(engine.store.images.open(ran.outputs["n"]["image"]["image_name"]))


@pytest.fixture(scope="module")
def half(engine: GraphEngine) -> dict[str, str]:
    """Left half opaque red, right half transparent green."""
    image = Image.new("RGBA", (32, 16), (255, 0, 0, 255))
    image.paste((0, 255, 0, 0), (16, 0, 32, 16))
    return keep(engine, image)


@pytest.fixture(scope="module")
def mask(engine: GraphEngine) -> dict[str, str]:
    """Left half black, right half white."""
    image = Image.new("L", (32, 16), 0)
    image.paste(255, (16, 0, 32, 16))
    return keep(engine, image)


@pytest.mark.parametrize(
    ("node", "shape"),
    [
        ({"type": "img_resize", "width": 20, "height": 10}, (10, 20, 4)),
        ({"type": "img_scale", "scale_factor": 0.5}, (8, 16, 4)),
        ({"type": "img_crop", "x": 8, "y": 4, "width": 10, "height": 6}, (6, 10, 4)),
        ({"type": "img_pad_crop", "left": 4, "top": -2}, (14, 36, 4)),
        ({"type": "tomask"}, (16, 32)),
        ({"type": "img_chan", "channel": "G"}, (16, 32)),
        ({"type": "img_conv", "mode": "L"}, (16, 32)),
        ({"type": "img_blur", "radius": 2}, (16, 32, 4)),
        ({"type": "unsharp_mask"}, (16, 32, 4)),
        ({"type": "img_lerp", "min": 10, "max": 20}, (16, 32, 3)),
        ({"type": "img_ilerp", "min": 10, "max": 20}, (16, 32, 3)),
        ({"type": "img_hue_adjust", "hue": 120}, (16, 32, 4)),
        ({"type": "img_channel_offset", "channel": "Red (RGBA)", "offset": -50}, (16, 32, 4)),
        ({"type": "img_channel_multiply", "channel": "Hue (HSV)", "scale": 2}, (16, 32, 4)),
        ({"type": "img_noise", "noise_type": "salt_and_pepper", "size": 3}, (16, 32, 4)),
        ({"type": "infill_rgba"}, (16, 32, 4)),
        ({"type": "infill_tile", "tile_size": 8}, (16, 32, 4)),
        ({"type": "infill_cv2"}, (16, 32, 3)),
        ({"type": "canny_edge_detection"}, (16, 32, 3)),
        ({"type": "save_image"}, (16, 32, 4)),
        ({"type": "crop_image_to_bounding_box"}, (16, 32, 4)),
    ],
)
def test_a_picture_is_changed(
    node: dict[str, Any], shape: tuple[int, ...], engine: GraphEngine, half: dict[str, str]
) -> None:
    assert run(engine, image=half, **node).shape == shape


def test_values_are_what_they_should_be(
    engine: GraphEngine, half: dict[str, str], mask: dict[str, str]
) -> None:
    assert run(engine, type="tomask", image=half)[0, [0, 31]].tolist() == [255, 0]
    assert run(engine, type="tomask", image=half, invert=True)[0, [0, 31]].tolist() == [0, 255]
    assert run(engine, type="img_hue_adjust", image=half, hue=120)[0, 0, :2].tolist() == [0, 255]
    filled = run(engine, type="infill_rgba", image=half)
    assert filled[0, 31].tolist() == [127, 127, 127, 255]
    seen = run(engine, type="apply_mask_to_image", image=half, mask=mask)
    assert seen[0, [0, 31], 3].tolist() == [255, 0]
    both = run(engine, type="mask_combine", mask1=mask, mask2=mask)
    assert both[0, [0, 31]].tolist() == [0, 255]
    found = run(
        engine, type="mask_from_id", image=half, color={"r": 255, "g": 0, "b": 0, "a": 255}, threshold=10
    )
    assert found[0, [0, 31]].tolist() == [255, 0]
    faded = run(engine, type="expand_mask_with_fade", mask=mask, fade_size_px=8)
    assert faded[8, 0] == 0 and 0 < faded[8, 19] < 255 and faded[8, 31] == 255


def test_pictures_are_laid_on_each_other(
    engine: GraphEngine, half: dict[str, str], mask: dict[str, str]
) -> None:
    blue = keep(engine, Image.new("RGB", (8, 8), "blue"))
    wider = run(engine, type="img_paste", base_image=half, image=blue, x=28, y=-4)
    assert wider.shape == (20, 36, 4) and wider[0, 30].tolist() == [0, 0, 255, 255]
    same = run(engine, type="img_paste", base_image=half, image=blue, x=28, y=-4, crop=True)
    assert same.shape == (16, 32, 4)
    white = keep(engine, Image.new("RGB", (32, 16), "white"))
    back = run(engine, type="canvas_paste_back", source_image=half, target_image=white, mask=mask)
    assert back[0, 0, :3].tolist() == [255, 0, 0] and back[0, 31].tolist() == [255, 255, 255, 255]
    box = {"x_min": 0, "x_max": 8, "y_min": 8, "y_max": 16}
    put = run(
        engine, type="paste_image_into_bounding_box", source_image=blue, target_image=half, bounding_box=box
    )
    assert put[8, 0].tolist() == [0, 0, 255, 255] and put[7, 0, 0] == 255


def test_tensor_masks(engine: GraphEngine, half: dict[str, str], mask: dict[str, str]) -> None:
    nodes = {
        "truth": {"type": "image_mask_to_tensor", "image": mask},
        "other": {"type": "invert_tensor_mask"},
        "shown": {"type": "tensor_mask_to_image"},
        "seen": {"type": "apply_tensor_mask_to_image", "image": half},
        "box": {"type": "rectangle_mask", "width": 8, "height": 8, "x_left": 2, "y_top": 2,
                "rectangle_width": 4, "rectangle_height": 4},
    }  # fmt: skip
    ran = engine.run(
        graph(nodes, ("truth.mask", "other.mask"), ("other.mask", "shown.mask"), ("truth.mask", "seen.mask"))
    )
    assert ran.failure is None, ran.item["error_traceback"]
    shown = np.asarray(engine.store.images.open(ran.outputs["shown"]["image"]["image_name"]))
    assert shown[0, [0, 31]].tolist() == [255, 0]
    assert (ran.outputs["box"]["width"], ran.outputs["truth"]["width"]) == (8, 32)


def test_limits_of_the_server_hold(engine: GraphEngine) -> None:
    ran = engine.run(graph({"b": {"type": "blank_image", "width": 100_000, "height": 100_000}}))
    assert "beyond" in ran.item["error_message"]
    ran = engine.run(graph({"b": {"type": "noise", "width": 160_000, "height": 160_000}}))
    assert "beyond" in ran.item["error_message"]


def test_holes_are_not_filled_at_a_larger_size(engine: GraphEngine, half: dict[str, str]) -> None:
    def fill(downscale: float) -> Ran:
        node = {"type": "infill_patchmatch", "image": half, "downscale": downscale}
        return engine.run(graph({"n": node}))

    ran = fill(0.1)
    assert ran.outputs["n"]["width"] == 32
    assert ran.item["session"]["warnings"] == [
        "the hole is filled at 32x16 pixels instead of 320x160, which is larger than it is done"
    ]
    assert fill(1.0).item["session"]["warnings"] == []


def test_patches_are_looked_for_until_the_session_is_cancelled(
    engine: GraphEngine, half: dict[str, str], monkeypatch: pytest.MonkeyPatch
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
    ran = engine.run(graph({"n": {"type": "infill_patchmatch", "image": half, "downscale": 1.2}}), control)
    assert isinstance(ran.failure, Cancelled) and not voted
