"""Extra input channels: the picture and mask that inpainting and editing networks see."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.generation.start.image_conditioning import blank_conditioning, image_conditioning

LATENT = torch.zeros(1, 4, 2, 2)
WHITE = torch.ones(1, 3, 16, 16)


@dataclass(slots=True)
class Job:
    """A job whose model encodes a picture to the means of its cells, four times over."""

    conditioning: str
    weight: float = 1.0
    rounds: bool = False
    masks: list[bool] = field(default_factory=list[bool])
    generator: object = None

    @property
    def request(self) -> Any:
        return SimpleNamespace(options=GenerationOptions(inpainting_mask_weight=self.weight))

    @property
    def loaded(self) -> Any:
        family = SimpleNamespace(rounds_masks=self.rounds)
        return SimpleNamespace(name="a model", conditioning=self.conditioning, family=family)

    @property
    def notes(self) -> Any:
        return SimpleNamespace(add_mask=lambda *, told: self.masks.append(told))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownMemberType]

    @property
    def models(self) -> Job:
        return self

    @contextmanager
    def lease(self) -> Generator[Job]:
        yield self

    def encode_pixels(self, pixels: Tensor, *, generator: object, together: bool) -> Tensor:
        assert together
        return F.avg_pool2d(pixels[:, :1], 8).expand(-1, 4, -1, -1)

    def encode_mode(self, pixels: Tensor) -> Tensor:
        return F.avg_pool2d(pixels[:, :1], 8).expand(-1, 4, -1, -1)


def made(job: Any, mask: Image.Image | None = None, *, mask_round: bool = True) -> Tensor | None:
    return image_conditioning(job, WHITE, LATENT, mask, mask_round=mask_round)


def half_mask(level: int) -> Image.Image:
    """A mask of this level at the left, black at the right."""
    mask = Image.new("L", (16, 16))
    mask.paste(level, (0, 0, 8, 16))
    return mask


def test_plain_networks_have_no_extra_channels() -> None:
    job: Any = Job("none")
    assert blank_conditioning(job, 1, 16, 16) is None
    assert made(job) is None
    assert job.masks == [False]


@pytest.mark.parametrize(("rounds", "told"), [(False, True), (True, False)])
def test_txt2img_sees_grey_and_all_of_it_masked(rounds: bool, told: bool) -> None:
    job: Any = Job("inpaint", rounds=rounds)
    found = blank_conditioning(job, 2, 24, 16)
    assert found is not None and found.shape == (2, 5, 2, 3)
    assert torch.equal(found[:, :1], torch.ones(2, 1, 2, 3))
    assert torch.equal(found[:, 1:], torch.full((2, 4, 2, 3), 0.5))
    assert job.masks == [told]


@pytest.mark.parametrize("conditioning", ["edit", "depth"])
def test_txt2img_is_refused_where_a_picture_is_needed(conditioning: str) -> None:
    job: Any = Job(conditioning)
    with pytest.raises(InvalidRequest, match="send it to img2img") as caught:
        blank_conditioning(job, 1, 16, 16)
    assert caught.value.field == "checkpoint"


def test_editing_networks_see_the_whole_picture() -> None:
    job: Any = Job("edit")
    found = made(job, half_mask(255))
    assert found is not None and torch.equal(found, torch.ones(1, 4, 2, 2))
    assert job.masks == []


def test_depth_is_said_to_be_missing() -> None:
    job: Any = Job("depth")
    with pytest.raises(InvalidRequest, match="depth estimator"):
        made(job)


@pytest.mark.parametrize(("weight", "level"), [(1.0, 0.5), (0.5, 0.75), (0.0, 1.0)])
def test_the_weight_decides_what_the_mask_hides(weight: float, level: float) -> None:
    """White is 1 in -1..1: hidden it is 0, which is 0.5 in 0..1."""
    job: Any = Job("inpaint", weight)
    found = made(job, half_mask(255))
    assert found is not None and found.shape == (1, 5, 2, 2)
    assert found[0, 0, 0].tolist() == [1.0, 0.0]
    assert found[0, 1, 0].tolist() == [level, 1.0]
    assert job.masks == [True]


@pytest.mark.parametrize(("mask_round", "hidden"), [(True, 1.0), (False, 0.8)])
def test_a_soft_mask_is_rounded_if_wanted(mask_round: bool, hidden: float) -> None:
    job: Any = Job("inpaint")
    found = made(job, half_mask(204), mask_round=mask_round)
    assert found is not None
    assert found[0, 0, 0, 0].item() == pytest.approx(hidden)
    assert found[0, 1, 0, 0].item() == pytest.approx(1 - hidden / 2)


def test_without_a_mask_all_is_hidden() -> None:
    job: Any = Job("inpaint")
    found = made(job)
    assert found is not None
    assert torch.equal(found[:, :1], torch.ones(1, 1, 2, 2))
    assert torch.equal(found[:, 1:], torch.full((1, 4, 2, 2), 0.5))


def test_pictures_come_to_the_size_of_the_latents() -> None:
    job: Any = Job("edit")
    found = image_conditioning(job, torch.ones(1, 3, 32, 32), LATENT, mask_round=True)
    assert found is not None and found.shape == (1, 4, 2, 2)
