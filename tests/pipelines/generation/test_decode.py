"""Latents to pictures and back: rounding, ranges, broken latents, and the tiny autoencoder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import NansProduced
from pipelines.contract.options import GenerationOptions
from pipelines.generation.decode import decode_latents, job_latents, job_pictures, to_picture, to_tensor


@pytest.mark.parametrize(
    ("value", "level"), [(-1.0, 0), (1.0, 255), (0.0, 127), (0.996, 254), (-7.0, 0), (7.0, 255)]
)
def test_levels_are_truncated_and_cut(value: float, level: int) -> None:
    """255 x (value + 1) / 2, without rounding: 0 is 127.5, 0.996 is 254.49."""
    assert to_picture(torch.full((3, 1, 1), value)).getpixel((0, 0)) == (level,) * 3


def test_a_picture_has_its_channels_and_axes() -> None:
    pixels = torch.full((3, 2, 4), -1.0)
    pixels[0, 1, 3] = 1.0
    picture = to_picture(pixels)
    assert picture.size == (4, 2)
    assert picture.getpixel((3, 1)) == (255, 0, 0)
    assert torch.equal(to_tensor([picture])[0], (pixels + 1) / 2)


def test_pictures_of_any_mode_become_one_tensor() -> None:
    made = to_tensor([Image.new("L", (4, 2), 51), Image.new("RGBA", (4, 2), (255, 0, 0, 0))])
    assert made.shape == (2, 3, 2, 4) and made.dtype is torch.float32
    assert made[:, :, 0, 0].tolist() == [pytest.approx([0.2, 0.2, 0.2]), [1.0, 0.0, 0.0]]


def white(latent: Tensor) -> Tensor:
    """Decode to white pixels of the first channel's size."""
    return torch.ones(1, 3, *latent.shape[-2:])


def test_broken_latents_are_refused_if_they_are_looked_at() -> None:
    model: Any = SimpleNamespace(decode=white)
    broken = torch.full((1, 4, 2, 2), float("nan"))
    with pytest.raises(NansProduced, match="--no-half"):
        decode_latents(model, broken, nan_check=True)
    assert len(decode_latents(model, broken, nan_check=False)) == 1
    assert len(decode_latents(model, torch.zeros(3, 4, 2, 2), nan_check=True)) == 3


class TinyJob:
    """A job whose options name the tiny autoencoder; it halves the latents' and pictures' values."""

    def __init__(self) -> None:
        options = GenerationOptions(sd_vae_decode_method="TAESD", sd_vae_encode_method="TAESD")
        self.request = SimpleNamespace(options=options)
        self.loaded = SimpleNamespace(device=torch.device("cpu"), family=SimpleNamespace(previews="its own"))
        self.services = SimpleNamespace(tiny_models=self)
        self.pairs: dict[str, Any] = {}

    def add_pairs(self, pairs: dict[str, Any]) -> None:
        self.pairs |= pairs

    def decoder(self, device: torch.device, previews: object) -> Any:
        assert previews == "its own"
        return lambda latents: latents[:, :3] / 2

    def encoder(self, device: torch.device, previews: object) -> Any:
        assert previews == "its own"
        return lambda pixels: pixels / 2


def test_the_tiny_decoder_answers_in_0_to_1_and_is_noted() -> None:
    job: Any = TinyJob()
    (picture,) = job_pictures(job, torch.full((1, 4, 2, 2), 0.8))
    assert picture.getpixel((0, 0)) == (102,) * 3
    assert job.pairs == {"VAE Decoder": "TAESD"}


def test_the_tiny_encoder_takes_pictures_one_by_one() -> None:
    job: Any = TinyJob()
    pixels = torch.rand(3, 3, 2, 2)
    assert torch.equal(job_latents(job, pixels), pixels / 2)
