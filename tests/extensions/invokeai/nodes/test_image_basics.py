"""Nodes that resize, crop and paste pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.invokeai.nodes.image_basics import pasted
from pipelines.contract.errors import InvalidRequest
from tests.extensions.invokeai.bench import Bench

RED, GREEN, BLUE, CLEAR = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


@pytest.fixture
def half(bench: Bench) -> dict[str, str]:
    """32 x 16: the left half red, the right half green."""
    image = Image.new("RGBA", (32, 16), RED)
    image.paste(GREEN, (16, 0, 32, 16))
    return bench.keep(image)


@pytest.mark.parametrize(
    ("kind", "inputs", "size"),
    [
        ("img_resize", {"width": 20, "height": 10}, (20, 10)),
        ("img_scale", {"scale_factor": 0.5}, (16, 8)),
        ("img_scale", {"scale_factor": 0.01}, (1, 1)),
        ("img_crop", {"width": 10, "height": 6}, (10, 6)),
        ("img_pad_crop", {"left": 4, "top": -2}, (36, 14)),
        ("save_image", {}, (32, 16)),
        ("show_image", {}, (32, 16)),
        ("crop_image_to_bounding_box", {}, (32, 16)),
        (
            "crop_image_to_bounding_box",
            {"bounding_box": {"x_min": 1, "x_max": 4, "y_min": 2, "y_max": 8}},
            (3, 6),
        ),
    ],
)
def test_a_picture_gets_its_size(
    kind: str, inputs: dict[str, Any], size: tuple[int, int], bench: Bench, half: dict[str, str]
) -> None:
    output = bench.run(kind, image=half, **inputs)
    assert (output["width"], output["height"]) == size == bench.opened(output["image"]).size


def test_the_saved_picture_is_another(bench: Bench, half: dict[str, str]) -> None:
    assert bench.run("show_image", image=half)["image"] == half
    assert bench.run("save_image", image=half)["image"] != half


def test_a_blank_picture_has_its_colour(bench: Bench) -> None:
    blue = dict(zip("rgba", (0, 0, 255, 128), strict=True))
    assert bench.drawn("blank_image", width=2, height=1, color=blue).tolist() == [[[0, 0, 255]] * 2]
    see_through = bench.drawn("blank_image", width=1, height=1, color=blue, mode="RGBA")
    assert see_through.tolist() == [[[0, 0, 255, 128]]]


def test_what_lies_outside_of_a_crop_is_transparent(bench: Bench, half: dict[str, str]) -> None:
    crop = bench.drawn("img_crop", image=half, x=12, y=-1, width=24, height=8)
    assert [tuple(crop[y, x]) for y, x in ((0, 0), (1, 0), (1, 4), (1, 20))] == [CLEAR, RED, GREEN, CLEAR]
    padded = bench.drawn("img_pad_crop", image=half, left=-20, right=2)
    assert padded.shape == (16, 14, 4)
    assert [tuple(padded[0, x]) for x in (0, 11, 12)] == [GREEN, GREEN, CLEAR]


def test_a_picture_is_not_cut_to_nothing(bench: Bench, half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nothing of the picture is left"):
        bench.run("img_pad_crop", image=half, left=-20, right=-12)


def test_the_canvas_grows_to_hold_both_pictures() -> None:
    base, top = Image.new("RGBA", (4, 4), RED), Image.new("RGBA", (2, 2), BLUE)
    right = np.asarray(pasted(base, top, None, 3, -1))
    assert right.shape == (5, 5, 4)
    assert [tuple(right[y, x]) for y, x in ((0, 0), (1, 0), (0, 3), (1, 4), (4, 3))] == [
        CLEAR, RED, BLUE, BLUE, RED,
    ]  # fmt: skip
    left = np.asarray(pasted(base, top, None, -1, 3))
    assert left.shape == (5, 5, 4)
    assert [tuple(left[y, x]) for y, x in ((0, 0), (0, 1), (3, 0), (3, 2))] == [CLEAR, RED, BLUE, RED]


def test_a_mask_shows_the_upper_picture_where_it_is_black(bench: Bench) -> None:
    base, top = (bench.keep(Image.new("RGB", (4, 1), color)) for color in ("red", "blue"))
    mask = Image.new("L", (2, 1), 255)
    mask.putpixel((0, 0), 0)
    image = bench.drawn("img_paste", base_image=base, image=top, mask=bench.keep(mask.resize((4, 1), 0)))
    assert [tuple(pixel) for pixel in image[0]] == [BLUE, BLUE, RED, RED]


def test_a_cropped_result_is_the_lower_picture(bench: Bench, half: dict[str, str]) -> None:
    blue = bench.keep(Image.new("RGB", (8, 8), "blue"))
    image = bench.drawn("img_paste", base_image=half, image=blue, x=-4, y=12, crop=True)
    assert image.shape == (16, 32, 4)
    assert [tuple(image[y, x]) for y, x in ((12, 3), (12, 4), (11, 0), (15, 31))] == [BLUE, RED, RED, GREEN]
    image = bench.drawn("img_paste", base_image=half, image=blue, x=28, y=-4, crop=True)
    assert image.shape == (16, 32, 4)
    assert [tuple(image[y, x]) for y, x in ((3, 28), (4, 28), (3, 27), (0, 0))] == [BLUE, GREEN, GREEN, RED]


def test_a_picture_fills_a_box_of_another(bench: Bench, half: dict[str, str]) -> None:
    blue = bench.keep(Image.new("RGB", (8, 8), "blue"))
    box = {"x_min": 0, "x_max": 8, "y_min": 8, "y_max": 16}
    kind = "paste_image_into_bounding_box"
    image = bench.drawn(kind, source_image=blue, target_image=half, bounding_box=box)
    assert [tuple(image[y, x]) for y, x in ((8, 0), (7, 0), (8, 8))] == [BLUE, RED, RED]
    with pytest.raises(ValueError, match=r"another size than the picture \(8x8\)"):
        bench.run(kind, source_image=blue, target_image=half, bounding_box={**box, "x_max": 9})


def test_opacity_becomes_a_mask(bench: Bench) -> None:
    image = Image.new("RGBA", (2, 1), RED)
    image.putpixel((1, 0), CLEAR)
    kept = bench.keep(image)
    assert bench.drawn("tomask", image=kept).tolist() == [[255, 0]]
    assert bench.drawn("tomask", image=kept, invert=True).tolist() == [[0, 255]]


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("blank_image", {"width": 100_000, "height": 100_000}),
        ("img_resize", {"width": 100_000, "height": 100_000}),
        ("img_scale", {"scale_factor": 10_000}),
        ("img_crop", {"width": 100_000, "height": 100_000}),
        ("img_pad_crop", {"right": 100_000, "top": 100_000}),
        ("img_paste", {"x": 100_000, "y": 100_000}),
        ("img_paste", {"x": -100_000, "y": -100_000}),
    ],
)
def test_pictures_beyond_the_limits_are_not_made(
    kind: str, inputs: dict[str, float], bench: Bench, half: dict[str, str]
) -> None:
    images = {"base_image": half, "image": half} if kind == "img_paste" else {"image": half}
    with pytest.raises(InvalidRequest, match="beyond"):
        bench.run(kind, **({} if kind == "blank_image" else images), **inputs)
