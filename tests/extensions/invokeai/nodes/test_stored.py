"""Nodes that name stored things hand them on with their sizes."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from extensions.invokeai.store.errors import ImageRecordNotFoundException, ObjectNotFoundError
from tests.extensions.invokeai.bench import Bench


def test_a_picture_has_its_size(bench: Bench) -> None:
    image = bench.keep(Image.new("RGB", (12, 8)))
    assert bench.run("image", image=image) == {"image": image, "width": 12, "height": 8}
    with pytest.raises(ImageRecordNotFoundException):
        bench.run("image", image={"image_name": "none.png"})


def test_both_lists_of_pictures_are_one(bench: Bench) -> None:
    a, b = {"image_name": "a.png"}, {"image_name": "b.png"}
    assert bench.run("image_collection", collection=[a], images=[b]) == {"collection": [a, b]}
    assert bench.run("image_collection") == {"collection": []}


def test_latents_have_the_size_of_their_picture(bench: Bench) -> None:
    latents = {"latents_name": bench.tensor(torch.zeros(1, 4, 3, 5)), "seed": 7}
    assert bench.run("latents", latents=latents) == {"latents": latents, "width": 40, "height": 24}
    with pytest.raises(ObjectNotFoundError):
        bench.run("latents", latents={"latents_name": "nothing"})
    assert bench.run("latents_collection", collection=[latents]) == {"collection": [latents]}


def test_conditioning_keeps_its_mask(bench: Bench) -> None:
    named = {"conditioning_name": "c", "mask": {"tensor_name": "m"}}
    assert bench.run("conditioning", conditioning=named) == {"conditioning": named}
    assert bench.run("conditioning_collection", collection=[named]) == {"collection": [named]}
