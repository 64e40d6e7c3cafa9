"""The upscalers of img2img and of hires fix, and the enlarging of latents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest
import torch
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import GenerationRequest
from pipelines.generation.job import GenerationJob
from pipelines.generation.upscaling import (
    hires_upscaler,
    img2img_upscaler,
    upscale_latents,
)
from pipelines.pictures.resize import Enlarger
from tests.pipelines.jobs.helpers import make_request


def blue(picture: Image.Image, scale: float) -> Pieces[Image.Image]:
    """Enlarge a picture to plain blue."""
    yield
    yield
    return Image.new("RGB", (int(picture.width * scale), int(picture.height * scale)), "blue")


@dataclass(slots=True)
class OneUpscaler:
    """Knows one upscaler; stands for a job and what it shares with others."""

    request: GenerationRequest
    warnings: list[str] = field(default_factory=list[str])

    @property
    def services(self) -> OneUpscaler:
        return self

    @property
    def upscalers(self) -> OneUpscaler:
        return self

    def in_pieces(self, name: str, options: GenerationOptions) -> Enlarger:
        if name != "Blue":
            raise InvalidRequest(f"could not find upscaler named {name}")
        return blue

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    @property
    def job(self) -> GenerationJob:
        """Itself, as a job."""
        return cast("GenerationJob", self)


def with_upscaler(name: str) -> OneUpscaler:
    return OneUpscaler(make_request(options=GenerationOptions(upscaler_for_img2img=name)))


@pytest.mark.parametrize("name", ["", "None"])
def test_without_an_upscaler_img2img_takes_lanczos(name: str) -> None:
    one = with_upscaler(name)
    assert (img2img_upscaler(one.job), one.warnings) == (None, [])


def test_img2img_takes_the_upscaler_of_the_option() -> None:
    assert img2img_upscaler(with_upscaler("Blue").job) is blue


def test_an_upscaler_that_is_not_there_is_told_and_lanczos_taken() -> None:
    one = with_upscaler("Green")
    assert img2img_upscaler(one.job) is None
    assert one.warnings == ["could not find upscaler named Green: pictures are enlarged by Lanczos"]


def test_hires_fix_stretches_to_the_wanted_size() -> None:
    enlarge = hires_upscaler(with_upscaler("").job, "Blue")
    picture = in_one_go(enlarge(Image.new("RGB", (4, 4), "red"), 12, 8))
    assert picture.getcolors() == [(12 * 8, (0, 0, 255))]
    lanczos = hires_upscaler(with_upscaler("").job, "None")
    plain = in_one_go(lanczos(Image.new("RGB", (4, 4), "red"), 12, 8))
    assert plain.getcolors() == [(12 * 8, (255, 0, 0))]


def test_others_may_go_on_between_the_tiles_of_hires_fix() -> None:
    pieces = hires_upscaler(with_upscaler("").job, "Blue")(Image.new("RGB", (4, 4)), 12, 8)
    assert len(list(pieces)) == 2


def test_hires_fix_refuses_an_unknown_upscaler_at_once() -> None:
    with pytest.raises(InvalidRequest):
        hires_upscaler(with_upscaler("").job, "Green")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("Latent", [0.0, 1.0, 3.0, 4.0]),
        ("Latent (nearest)", [0.0, 0.0, 4.0, 4.0]),
        ("Latent (nearest-exact)", [0.0, 0.0, 4.0, 4.0]),
    ],
)
def test_latents_are_interpolated_between_cells(mode: str, expected: list[float]) -> None:
    # bilinear: new cells lie a quarter of a cell beside the old ones
    large = upscale_latents(torch.tensor([[[[0.0, 4.0]]]]), mode, 2, 4)
    assert large.tolist() == [[[expected, expected]]]


@pytest.mark.parametrize("mode", sorted(LATENT_MODES))
def test_every_mode_keeps_an_even_latent_even(mode: str) -> None:
    large = upscale_latents(torch.full((2, 4, 3, 3), 0.5), mode, 5, 7)
    assert large.shape == (2, 4, 5, 7)
    assert torch.allclose(large, torch.full_like(large, 0.5))
