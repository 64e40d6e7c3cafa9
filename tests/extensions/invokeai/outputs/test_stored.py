"""Outputs that name stored things: sizes are those of the picture."""

from __future__ import annotations

import pytest
import torch

from extensions.invokeai.fields.dtos import ImageDTO
from extensions.invokeai.outputs.stored import (
    CogView4ConditioningOutput,
    ConditioningOutput,
    DenoiseMaskOutput,
    FluxConditioningOutput,
    ImageOutput,
    LatentsOutput,
    NoiseOutput,
    SD3ConditioningOutput,
    VideoOutput,
)

LATENTS = torch.zeros(1, 4, 3, 5)
KINDS = [ConditioningOutput, FluxConditioningOutput, SD3ConditioningOutput, CogView4ConditioningOutput]


def test_latents_and_noise_have_eight_pixels_a_cell() -> None:
    latents = LatentsOutput.build("l", LATENTS, 7)
    assert (latents.latents.latents_name, latents.latents.seed) == ("l", 7)
    assert (latents.width, latents.height) == (40, 24)
    assert LatentsOutput.build("l", LATENTS).latents.seed is None
    noise = NoiseOutput.build("n", LATENTS, 3)
    assert (noise.noise.latents_name, noise.noise.seed, noise.width, noise.height) == ("n", 3, 40, 24)


def test_a_picture_and_a_video_have_their_size() -> None:
    dto = ImageDTO.model_validate(
        {"image_name": "a.png", "image_url": "", "thumbnail_url": "", "image_origin": "internal",
         "image_category": "general", "width": 12, "height": 8, "created_at": "", "updated_at": "",
         "is_intermediate": False}
    )  # fmt: skip
    image = ImageOutput.build(dto)
    assert (image.image.image_name, image.width, image.height) == ("a.png", 12, 8)
    video = VideoOutput.build("v", 12, 8, 1.5)
    assert (video.video.video_id, video.width, video.height, video.duration_seconds) == ("v", 12, 8, 1.5)


@pytest.mark.parametrize("kind", KINDS)
def test_conditioning_is_named(kind: type[ConditioningOutput]) -> None:
    assert kind.build("c").conditioning.conditioning_name == "c"


def test_a_denoise_mask_is_hard_unless_it_is_said() -> None:
    plain = DenoiseMaskOutput.build("m").denoise_mask
    assert (plain.mask_name, plain.masked_latents_name, plain.gradient) == ("m", None, False)
    soft = DenoiseMaskOutput.build("m", "l", gradient=True).denoise_mask
    assert (soft.masked_latents_name, soft.gradient) == ("l", True)
