"""Outputs that name what lies in the store: pictures, tensors, latents, conditioning, masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from extensions.invokeai.fields.declare import OutputField
from extensions.invokeai.fields.values import (
    CogView4ConditioningField,
    ConditioningField,
    DenoiseMaskField,
    FluxConditioningField,
    ImageField,
    LatentsField,
    SD3ConditioningField,
    TensorField,
    VideoField,
)
from extensions.invokeai.invocation.base import BaseInvocationOutput
from extensions.invokeai.invocation.decorators import invocation_output
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import LATENT_SCALE_FACTOR

if TYPE_CHECKING:
    from torch import Tensor

    from extensions.invokeai.fields.dtos import ImageDTO


def _size(latents: Tensor) -> tuple[int, int]:
    """Return width and height in pixels of latents (B, C, h, w)."""
    return latents.shape[3] * LATENT_SCALE_FACTOR, latents.shape[2] * LATENT_SCALE_FACTOR


@invocation_output("image_output")
class ImageOutput(BaseInvocationOutput):
    """A picture."""

    image: ImageField = OutputField(description="The picture")
    width: int = OutputField(description="Its width in pixels")
    height: int = OutputField(description="Its height in pixels")

    @classmethod
    def build(cls, image_dto: ImageDTO) -> Self:
        """Name a saved picture, with its size."""
        name = ImageField(image_name=image_dto.image_name)
        return cls(image=name, width=image_dto.width, height=image_dto.height)


@invocation_output("image_collection_output")
class ImageCollectionOutput(BaseInvocationOutput):
    """A list of pictures."""

    collection: list[ImageField] = OutputField(description="The pictures")


@invocation_output("video_output")
class VideoOutput(BaseInvocationOutput):
    """A video."""

    video: VideoField = OutputField(description="The video")
    width: int = OutputField(description="Its width in pixels")
    height: int = OutputField(description="Its height in pixels")
    duration_seconds: float = OutputField(description="How long it lasts")

    @classmethod
    def build(cls, video_id: str, width: int, height: int, duration_seconds: float) -> Self:
        """Name the video of that id, with its size."""
        video = VideoField(video_id=video_id)
        return cls(video=video, width=width, height=height, duration_seconds=duration_seconds)


@invocation_output("latents_output")
class LatentsOutput(BaseInvocationOutput):
    """Latents."""

    latents: LatentsField = OutputField(description=FieldDescriptions.latents)
    width: int = OutputField(description=FieldDescriptions.width)
    height: int = OutputField(description=FieldDescriptions.height)

    @classmethod
    def build(cls, latents_name: str, latents: Tensor, seed: int | None = None) -> Self:
        """Name saved latents, with the size of their picture."""
        width, height = _size(latents)
        return cls(latents=LatentsField(latents_name=latents_name, seed=seed), width=width, height=height)


@invocation_output("latents_collection_output")
class LatentsCollectionOutput(BaseInvocationOutput):
    """A list of latents."""

    collection: list[LatentsField] = OutputField(description=FieldDescriptions.latents)


@invocation_output("noise_output")
class NoiseOutput(BaseInvocationOutput):
    """Noise."""

    noise: LatentsField = OutputField(description=FieldDescriptions.noise)
    width: int = OutputField(description=FieldDescriptions.width)
    height: int = OutputField(description=FieldDescriptions.height)

    @classmethod
    def build(cls, latents_name: str, latents: Tensor, seed: int) -> Self:
        """Name saved noise, with the size of its picture."""
        width, height = _size(latents)
        return cls(noise=LatentsField(latents_name=latents_name, seed=seed), width=width, height=height)


@invocation_output("conditioning_output")
class ConditioningOutput(BaseInvocationOutput):
    """Conditioning."""

    conditioning: ConditioningField = OutputField(description=FieldDescriptions.cond)

    @classmethod
    def build(cls, conditioning_name: str) -> Self:
        """Conditioning that was saved under a name."""
        return cls(conditioning=ConditioningField(conditioning_name=conditioning_name))


@invocation_output("conditioning_collection_output")
class ConditioningCollectionOutput(BaseInvocationOutput):
    """A list of conditioning."""

    collection: list[ConditioningField] = OutputField(description=FieldDescriptions.cond)


@invocation_output("flux_conditioning_output")
class FluxConditioningOutput(BaseInvocationOutput):
    """Conditioning for FLUX."""

    conditioning: FluxConditioningField = OutputField(description=FieldDescriptions.cond)

    @classmethod
    def build(cls, conditioning_name: str) -> Self:
        """Conditioning that was saved under a name."""
        return cls(conditioning=FluxConditioningField(conditioning_name=conditioning_name))


@invocation_output("flux_conditioning_collection_output")
class FluxConditioningCollectionOutput(BaseInvocationOutput):
    """A list of conditioning for FLUX."""

    collection: list[FluxConditioningField] = OutputField(description=FieldDescriptions.cond)


@invocation_output("sd3_conditioning_output")
class SD3ConditioningOutput(BaseInvocationOutput):
    """Conditioning for Stable Diffusion 3."""

    conditioning: SD3ConditioningField = OutputField(description=FieldDescriptions.cond)

    @classmethod
    def build(cls, conditioning_name: str) -> Self:
        """Conditioning that was saved under a name."""
        return cls(conditioning=SD3ConditioningField(conditioning_name=conditioning_name))


@invocation_output("cogview4_conditioning_output")
class CogView4ConditioningOutput(BaseInvocationOutput):
    """Conditioning for CogView 4."""

    conditioning: CogView4ConditioningField = OutputField(description=FieldDescriptions.cond)

    @classmethod
    def build(cls, conditioning_name: str) -> Self:
        """Conditioning that was saved under a name."""
        return cls(conditioning=CogView4ConditioningField(conditioning_name=conditioning_name))


@invocation_output("denoise_mask_output")
class DenoiseMaskOutput(BaseInvocationOutput):
    """The part of latents to denoise, as a mask."""

    denoise_mask: DenoiseMaskField = OutputField(description=FieldDescriptions.denoise_mask)

    @classmethod
    def build(cls, mask_name: str, masked_latents_name: str | None = None, gradient: bool = False) -> Self:
        """Name a saved mask, and the latents of the picture without what it denoises."""
        mask = DenoiseMaskField(
            mask_name=mask_name, masked_latents_name=masked_latents_name, gradient=gradient
        )
        return cls(denoise_mask=mask)


@invocation_output("gradient_mask_output")
class GradientMaskOutput(BaseInvocationOutput):
    """The part of latents to denoise, growing step by step, and the area that may be pasted back."""

    denoise_mask: DenoiseMaskField = OutputField(description=FieldDescriptions.denoise_mask)
    expanded_mask_area: ImageField = OutputField(description="All that is denoised at all")


@invocation_output("mask_output")
class MaskOutput(BaseInvocationOutput):
    """A mask as a tensor."""

    mask: TensorField = OutputField(description="The mask")
    width: int = OutputField(description="Its width in pixels")
    height: int = OutputField(description="Its height in pixels")
