"""Nodes on masks: pictures, tensors, and the part that is denoised."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from extensions.invokeai.drawing import pictures
from extensions.invokeai.vocabulary.nodes import ImageCategory
from pipelines.contract.errors import InvalidRequest
from tests.extensions.invokeai.bench import Bench

VAE = {"key": "k", "hash": "", "name": "v", "base": "sd-1", "type": "vae"}


@pytest.fixture
def mask(bench: Bench) -> dict[str, str]:
    """32 x 16: the left half black, the right half white."""
    image = Image.new("L", (32, 16), 0)
    image.paste(255, (16, 0, 32, 16))
    return bench.keep(image)


@pytest.fixture
def half(bench: Bench) -> dict[str, str]:
    """32 x 16: the left half opaque red, the right half transparent green."""
    image = Image.new("RGBA", (32, 16), (255, 0, 0, 255))
    image.paste((0, 255, 0, 0), (16, 0, 32, 16))
    return bench.keep(image)


def test_masks_are_multiplied(bench: Bench, mask: dict[str, str]) -> None:
    grey = bench.keep(Image.new("L", (32, 16), 51))
    combined = bench.drawn("mask_combine", mask1=mask, mask2=grey)
    assert combined[0, [0, 31]].tolist() == [0, 51]


@pytest.mark.parametrize(("threshold", "inverted", "ends"), [(9, False, [0, 0]), (10, False, [255, 0]),
                                                             (10, True, [0, 255])])  # fmt: skip
def test_a_colour_is_masked_up_to_its_distance(
    threshold: int, inverted: bool, ends: list[int], bench: Bench, half: dict[str, str]
) -> None:
    near_red = {"r": 250, "g": 5, "b": 0, "a": 255}
    found = bench.drawn("mask_from_id", image=half, color=near_red, threshold=threshold, invert=inverted)
    assert found[0, [0, 31]].tolist() == ends


def test_masks_are_saved_as_masks(bench: Bench, mask: dict[str, str]) -> None:
    name = bench.run("mask_combine", mask1=mask, mask2=mask)["image"]["image_name"]
    assert bench.services.gallery.images.get(name).image_category is ImageCategory.MASK


def test_black_grows_with_a_soft_edge(bench: Bench, mask: dict[str, str]) -> None:
    faded = bench.drawn("expand_mask_with_fade", mask=mask, fade_size_px=8)
    assert faded[8, 0] == 0 and 0 < faded[8, 19] < 255 and faded[8, 31] == 255


def test_a_picture_shows_where_a_mask_is_black(
    bench: Bench, half: dict[str, str], mask: dict[str, str]
) -> None:
    white = bench.keep(Image.new("RGB", (32, 16), "white"))
    shown = bench.drawn("apply_mask_to_image", image=white, mask=mask)
    inverted = bench.drawn("apply_mask_to_image", image=white, mask=mask, invert_mask=True)
    assert shown[0, [0, 31], 3].tolist() == [255, 0] and inverted[0, [0, 31], 3].tolist() == [0, 255]
    both = bench.drawn("apply_mask_to_image", image=half, mask=mask, invert_mask=True)
    assert not both[..., 3].any()


def test_an_edge_is_black_on_white(bench: Bench, mask: dict[str, str]) -> None:
    edge = bench.drawn(
        "mask_edge", image=mask, edge_size=1, edge_blur=0, low_threshold=50, high_threshold=100
    )
    assert edge[8, [0, 31]].tolist() == [255, 255] and (edge[8, 12:20] == 0).any()


def test_a_picture_is_laid_where_a_mask_is_white(
    bench: Bench, half: dict[str, str], mask: dict[str, str]
) -> None:
    white = bench.keep(Image.new("RGB", (8, 8), "white"))
    back = bench.drawn("canvas_paste_back", source_image=half, target_image=white, mask=mask)
    assert back[0, 0].tolist() == [255, 0, 0, 255] and back[0, 31].tolist() == [255, 255, 255, 255]


def test_a_rectangle_is_true(bench: Bench) -> None:
    asked = {"x_left": 1, "y_top": 2, "rectangle_width": 2, "rectangle_height": 9}
    output = bench.run("rectangle_mask", width=4, height=3, **asked)
    assert (output["width"], output["height"]) == (4, 3)
    assert bench.loaded(output["mask"]["tensor_name"]).tolist() == [
        [[False] * 4, [False] * 4, [False, True, True, False]]
    ]
    with pytest.raises(InvalidRequest, match="beyond"):
        bench.run("rectangle_mask", width=10**6, height=10**6, **asked)


@pytest.mark.parametrize(
    ("kind", "inputs", "ends"),
    [
        ("alpha_mask_to_tensor", {}, [True, False]),
        ("alpha_mask_to_tensor", {"invert": True}, [False, True]),
        ("image_mask_to_tensor", {"cutoff": 76}, [True, True]),
        ("image_mask_to_tensor", {"cutoff": 77}, [False, True]),
        ("image_mask_to_tensor", {"cutoff": 77, "invert": True}, [True, False]),
        ("image_mask_to_tensor", {"cutoff": 76, "invert": True}, [False, False]),
    ],
)
def test_pictures_become_truth(
    kind: str, inputs: dict[str, Any], ends: list[bool], bench: Bench, half: dict[str, str]
) -> None:
    """Red has a brightness of 76, green one of 150 (ITU-R 601)."""
    output = bench.run(kind, image=half, **inputs)
    truth = bench.loaded(output["mask"]["tensor_name"])
    assert truth.shape == (1, 16, 32) and truth[0, 0, [0, 31]].tolist() == ends


def test_truth_becomes_a_picture(bench: Bench, half: dict[str, str]) -> None:
    truth = torch.zeros(1, 16, 32, dtype=torch.bool)
    truth[..., 8:] = True
    named = {"tensor_name": bench.tensor(truth)}
    assert bench.drawn("tensor_mask_to_image", mask=named)[0, [7, 8]].tolist() == [0, 255]
    other = bench.run("invert_tensor_mask", mask=named)["mask"]
    assert torch.equal(bench.loaded(other["tensor_name"]), ~truth)
    seen = bench.drawn("apply_tensor_mask_to_image", mask=named, image=half)
    assert seen[0, [7, 8, 31], 3].tolist() == [0, 255, 0]
    hidden = bench.drawn("apply_tensor_mask_to_image", mask=named, image=half, invert=True)
    assert hidden[0, [7, 8, 31], 3].tolist() == [255, 0, 0]


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[Image.Image]:
    """Pictures that a stand-in of the autoencoder was given."""
    given: list[Image.Image] = []

    def encode(context: Any, vae: Any, image: Image.Image) -> Tensor:
        given.append(image)
        return torch.ones(1, 4, 2, 4)

    monkeypatch.setattr(pictures, "encode", encode)
    return given


def test_a_denoise_mask_has_latents_of_what_is_kept(
    bench: Bench, mask: dict[str, str], encoded: list[Image.Image]
) -> None:
    white = bench.keep(Image.new("RGB", (32, 16), "white"))
    made = bench.run("create_denoise_mask", vae={"vae": VAE}, image=white, mask=mask)["denoise_mask"]
    values = bench.loaded(made["mask_name"])
    assert values.shape == (1, 1, 16, 32) and values[0, 0, 0, [0, 31]].tolist() == [0.0, 1.0]
    assert bench.loaded(made["masked_latents_name"]).shape == (1, 4, 2, 4) and not made["gradient"]
    assert [encoded[0].getpixel((x, 0)) for x in (0, 31)] == [(128, 128, 128), (255, 255, 255)]


def test_a_denoise_mask_needs_no_picture(
    bench: Bench, mask: dict[str, str], encoded: list[Image.Image]
) -> None:
    made = bench.run("create_denoise_mask", vae={"vae": VAE}, mask=mask)["denoise_mask"]
    assert made["masked_latents_name"] is None and encoded == []


def test_a_gradient_mask_has_the_area_that_it_touches(
    bench: Bench, mask: dict[str, str], encoded: list[Image.Image]
) -> None:
    made = bench.run("create_gradient_mask", mask=mask, edge_radius=4)
    values = bench.loaded(made["denoise_mask"]["mask_name"])[0, 0, 8]
    area = bench.opened(made["expanded_mask_area"])
    assert made["denoise_mask"]["gradient"] and values[0] == 0 and values[31] == 1
    assert [area.getpixel((x, 8)) for x in (0, 31)] == [255, 0]
    assert [area.getpixel((x, 8)) == 255 for x in range(32)] == (values < 1).tolist()
    assert made["denoise_mask"]["masked_latents_name"] is None and encoded == []
