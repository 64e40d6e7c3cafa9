"""Nodes that change colours: channels, brightness, hue, noise, a hidden text."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from extensions.invokeai.nodes.image_colors import CHANNELS, COLOR_CHANNELS
from tests.extensions.invokeai.bench import Bench


def flat(bench: Bench, *color: int, mode: str = "RGBA", size: tuple[int, int] = (8, 8)) -> dict[str, str]:
    return bench.keep(Image.new(mode, size, color))


def test_every_channel_has_a_name_for_editors() -> None:
    assert set(CHANNELS) == set(get_args(COLOR_CHANNELS))
    assert (CHANNELS["Black (CMYK)"], CHANNELS["Cr (YCbCr)"]) == (("CMYK", 3), ("YCbCr", 2))


def first(bench: Bench, kind: str, **inputs: Any) -> list[int]:
    """Run a node; return the first pixel of its picture."""
    return bench.drawn(kind, **inputs)[0, 0].tolist()


def test_pictures_are_multiplied(bench: Bench) -> None:
    one, other = flat(bench, 255, 128, 0, mode="RGB"), flat(bench, 51, 255, 255, 255)
    assert first(bench, "img_mul", image1=one, image2=other) == [51, 128, 0]


@pytest.mark.parametrize(("channel", "value"), [("R", 10), ("G", 20), ("B", 30), ("A", 40)])
def test_a_channel_becomes_a_grey_picture(channel: str, value: int, bench: Bench) -> None:
    found = bench.drawn("img_chan", image=flat(bench, 10, 20, 30, 40), channel=channel)
    assert found.shape == (8, 8) and found[0, 0] == value


def test_a_picture_is_converted(bench: Bench) -> None:
    assert bench.drawn("img_conv", image=flat(bench, 90, 90, 90, 255), mode="L")[0, 0] == 90


@pytest.mark.parametrize(
    ("kind", "low", "high", "before", "after"),
    [
        ("img_lerp", 55, 155, (0, 128, 255), [55, 105, 155]),
        ("img_lerp", 255, 0, (0, 255, 51), [255, 0, 204]),
        ("img_ilerp", 50, 150, (50, 100, 150), [0, 127, 255]),
        ("img_ilerp", 50, 150, (0, 200, 51), [0, 255, 2]),
        ("img_ilerp", 9, 9, (8, 9, 10), [0, 0, 255]),
    ],
)
def test_brightness_is_squeezed_and_stretched(
    kind: str, low: int, high: int, before: tuple[int, int, int], after: list[int], bench: Bench
) -> None:
    image = flat(bench, *before, mode="RGB")
    assert first(bench, kind, image=image, min=low, max=high) == after


@pytest.mark.parametrize(
    ("degrees", "color"),
    [(0, [255, 0, 0, 60]), (360, [255, 0, 0, 60]), (180, [0, 255, 255, 60]), (-180, [0, 255, 255, 60])],
)
def test_hues_are_turned(degrees: int, color: list[int], bench: Bench) -> None:
    turned = first(bench, "img_hue_adjust", image=flat(bench, 255, 0, 0, 60), hue=degrees)
    assert np.abs(np.array(turned) - color).max() <= 4 and turned[3] == 60


@pytest.mark.parametrize(
    ("channel", "offset", "color"),
    [
        ("Red (RGBA)", -50, [50, 100, 100, 200]),
        ("Red (RGBA)", 200, [255, 100, 100, 200]),
        ("Alpha (RGBA)", -250, [100, 100, 100, 0]),
        ("Value (HSV)", 100, [200, 200, 200, 200]),
        ("Black (CMYK)", 100, [61, 61, 61, 200]),
    ],
)
def test_a_channel_is_moved(channel: str, offset: int, color: list[int], bench: Bench) -> None:
    """Black of 100 leaves 155 of each channel, and cyan of 155 takes its 155 parts of 255: 155 - 94."""
    image = flat(bench, 100, 100, 100, 200)
    moved = first(bench, "img_channel_offset", image=image, channel=channel, offset=offset)
    assert moved == color


def test_moved_hues_go_around(bench: Bench) -> None:
    blue = flat(bench, 0, 0, 255, 255)
    moved = first(bench, "img_channel_offset", image=blue, channel="Hue (HSV)", offset=86)
    assert moved == pytest.approx([255, 0, 0, 255], abs=6)


def test_a_channel_is_multiplied_and_inverted(bench: Bench) -> None:
    image, red = flat(bench, 100, 100, 100, 200), "Red (RGBA)"
    kind = "img_channel_multiply"
    assert first(bench, kind, image=image, channel=red, scale=1.5) == [150, 100, 100, 200]
    assert first(bench, kind, image=image, channel=red, scale=9) == [255, 100, 100, 200]
    inverted = first(bench, kind, image=image, channel=red, scale=1.5, invert_channel=True)
    assert inverted == [105, 100, 100, 200]


def test_blur_and_sharpening_keep_what_is_flat(bench: Bench) -> None:
    image = flat(bench, 10, 20, 30, 40)
    for kind, more in (("img_blur", {"blur_type": "box"}), ("img_blur", {}), ("unsharp_mask", {})):
        assert first(bench, kind, image=image, **more) == [10, 20, 30, 40]


def test_a_blur_spreads_an_edge_and_sharpening_raises_it(bench: Bench) -> None:
    image = Image.new("L", (16, 16), 100)
    image.paste(150, (8, 0, 16, 16))
    kept = bench.keep(image)
    soft = bench.drawn("img_blur", image=kept, radius=2)[8, :, 0].astype(int)
    sharp = bench.drawn("unsharp_mask", image=kept, radius=2, strength=100)[8, :, 0].astype(int)
    assert 100 < soft[7] < soft[8] < 150
    assert sharp[7] < 100 and sharp[8] > 150


def test_noise_follows_its_seed_and_mask(bench: Bench) -> None:
    image = flat(bench, 128, 128, 128, 77)
    mask = Image.new("L", (8, 8), 255)
    mask.paste(0, (0, 0, 4, 8))

    def noisy(seed: int) -> Any:
        return bench.drawn("img_noise", image=image, seed=seed, mask=bench.keep(mask), amount=0.5)

    one, same, other = noisy(1), noisy(1), noisy(2)
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert (one[:, 4:, :3] == 128).all() and not (one[:, :4, :3] == 128).all() and (one[..., 3] == 77).all()


def test_colours_of_another_picture_are_taken_where_a_mask_is_white(bench: Bench) -> None:
    image, reference = flat(bench, 50, 50, 50, 99), flat(bench, 200, 200, 200, 255)
    mask = Image.new("L", (8, 8), 0)
    mask.paste(255, (4, 0, 8, 8))
    everywhere = bench.drawn("color_correct", image=image, reference=reference)
    masked = bench.drawn(
        "color_correct", image=image, reference=reference, mask=bench.keep(mask), mask_blur_radius=0
    )
    assert everywhere[0, 0, 0] > 190 and (everywhere[..., 3] == 99).all()
    assert masked[0, 0].tolist() == [50, 50, 50, 99] and masked[0, 7].tolist() == everywhere[0, 7].tolist()


def test_a_hidden_text_is_found_again(bench: Bench) -> None:
    noise = Image.effect_noise((256, 256), 40).convert("RGB")
    marked = bench.run("img_watermark", image=bench.keep(noise), text="mark")["image"]
    assert bench.run("decode_watermark", image=marked, length=4) == {"value": "mark"}
