"""Pictures of a run as latents, on an autoencoder that only shrinks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.training import TrainingPictures, TrainingUpload
from pipelines.pictures.encode import encode_picture
from pipelines.training.chance import Chance
from pipelines.training.dataset import Dataset, read_dataset

LIMITS = WorkLimits(side=64)


def posterior(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """A mean of every eighth pixel, and a deviation of 1."""
    mean = pixels[..., ::8, ::8]
    return mean, torch.zeros_like(mean)


CODEC = SimpleNamespace(posterior=posterior, scaled=lambda latent: latent * 10)
MODEL = cast(Any, SimpleNamespace(codec=CODEC, require=lambda *parts: None))


def png(colour: Any, mode: str = "RGB", size: tuple[int, int] = (16, 8)) -> bytes:
    return encode_picture(Image.new(mode, size, colour), "png")


def dataset(*images: bytes, chance: Chance | None = None, **changes: Any) -> Dataset:
    uploads = tuple(TrainingUpload(image=image, words=f"w{i}") for i, image in enumerate(images))
    plan = TrainingPictures(
        folder="", width=16, height=8, template=("a [name], [filewords]",), uploads=uploads
    )
    return read_dataset(replace(plan, **changes), MODEL, chance or Chance(1), name="one", limits=LIMITS)


def test_latents_are_drawn_around_the_mean_and_scaled() -> None:
    found = dataset(png("white"), latents="deterministic").batch([0], MODEL, Chance(2))
    assert found.latents.shape == (1, 3, 1, 2)
    assert bool((found.latents == 10.0).all())
    assert found.texts == ("a one, w0",)
    noise = Chance(1).noise((1, 3, 1, 2))
    torch.testing.assert_close(dataset(png("white")).pictures[0].latent, 10 * (1 + noise)[0])


def test_a_latent_is_drawn_once_or_at_every_look() -> None:
    once, anew = dataset(png("red")), dataset(png("red"), latents="random")
    chance = Chance(3)
    assert torch.equal(*(once.batch([0], MODEL, chance).latents for _ in range(2)))
    assert not torch.equal(*(anew.batch([0], MODEL, chance).latents for _ in range(2)))
    assert anew.pictures[0].latent is None


def test_words_that_change_are_not_kept() -> None:
    assert dataset(png("red"), tag_drop_out=0.5).pictures[0].text is None
    assert dataset(png("red")).pictures[0].text == "a one, w0"


def test_alpha_weighs_places_around_one() -> None:
    image = Image.new("RGBA", (16, 8), (255, 0, 0, 100))
    image.paste((255, 0, 0, 200), (8, 0, 16, 8))
    found = dataset(encode_picture(image, "png"), png("red"), use_weight=True)
    weights = found.batch([0, 1], MODEL, Chance(1)).weights
    assert weights is not None and weights.shape == (2, 1, 1, 2)
    assert weights[0].flatten().tolist() == pytest.approx([0.0, 2.0])  # the least counts for nothing
    assert weights[1].flatten().tolist() == [1.0, 1.0]  # a picture without alpha


def test_an_even_alpha_weighs_nothing() -> None:
    found = dataset(png((255, 0, 0, 128), "RGBA"), use_weight=True)
    weight = found.pictures[0].weight
    assert weight is not None and weight.flatten().tolist() == [1.0, 1.0]


def test_without_the_wish_nothing_is_weighed() -> None:
    assert dataset(png("red")).batch([0], MODEL, Chance(1)).weights is None


def test_sizes_are_in_cells_and_the_largest_in_pixels() -> None:
    found = dataset(png("red", size=(16, 8)), png("red", size=(24, 16)), varsize=True)
    assert [tuple(size) for size in found.sizes] == [(1, 2), (2, 3)]
    assert found.largest(8) == (24, 16)


def test_a_kept_size_is_held_to_the_limits() -> None:
    with pytest.raises(InvalidRequest) as refused:
        dataset(png("red", size=(72, 8)), varsize=True)
    assert refused.value.field == "pictures.varsize"


def test_other_files_of_a_folder_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("words", encoding="utf-8")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(InvalidRequest, match="No images") as refused:
        dataset(folder=str(tmp_path))
    assert refused.value.field == "pictures.folder"
    (tmp_path / "a cat.png").write_bytes(png("red"))
    assert [picture.words for picture in dataset(folder=str(tmp_path)).pictures] == ["a cat"]
