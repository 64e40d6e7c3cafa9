"""Nodes about latents: noise, size, blending, and the way between them and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.mixins import WithBoard, WithMetadata
from extensions.invokeai.fields.model_values import VAEField
from extensions.invokeai.fields.values import ImageField, LatentsField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.limits import check_size
from extensions.invokeai.nodes.picture_node import saved
from extensions.invokeai.outputs.stored import ImageOutput, LatentsOutput, NoiseOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import (
    LATENT_CHANNELS,
    LATENT_SCALE_FACTOR,
    LATENTS_INTERPOLATION_MODE,
    SEED_MAX,
    Input,
)

if TYPE_CHECKING:
    from torch import Tensor

    from extensions.invokeai.context.context import InvocationContext

_LATENTS = FieldDescriptions.latents
_CELL = LATENT_SCALE_FACTOR


def kept(context: InvocationContext, tensor: Tensor, seed: int | None = None) -> LatentsOutput:
    """Save latents on the CPU, and return the output that names them."""
    return LatentsOutput.build(context.tensors.save(tensor.detach().cpu()), tensor, seed)


@invocation("noise", title="Create Latent Noise", tags=["latents"], category="latents", version="1.0.3")
class NoiseInvocation(BaseInvocation):
    """Noise of the size of a picture's latents."""

    seed: int = InputField(default=0, ge=0, le=SEED_MAX, description=FieldDescriptions.seed)
    width: int = InputField(default=512, multiple_of=_CELL, gt=0, description=FieldDescriptions.width)
    height: int = InputField(default=512, multiple_of=_CELL, gt=0, description=FieldDescriptions.height)
    use_cpu: bool = InputField(
        default=True, description="Whether it is drawn on the CPU, the same everywhere"
    )

    def invoke(self, context: InvocationContext) -> NoiseOutput:
        import torch

        check_size(context, self.width, self.height)
        device = "cpu" if self.use_cpu else context.services.work.services.residency.device
        generator = torch.Generator(device=device).manual_seed(self.seed)
        shape = (1, LATENT_CHANNELS, self.height // _CELL, self.width // _CELL)
        noise = torch.randn(shape, dtype=torch.float32, device=device, generator=generator).cpu()
        return NoiseOutput.build(context.tensors.save(noise), noise, self.seed)


@invocation("l2i", title="Latents to Image - SD1.5, SDXL", tags=["vae"], category="latents", version="1.3.2")
class LatentsToImageInvocation(BaseInvocation, WithMetadata, WithBoard):
    """The picture of latents."""

    latents: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    vae: VAEField = InputField(description=FieldDescriptions.vae, input=Input.Connection)
    tiled: bool = InputField(default=False, description=FieldDescriptions.tiled)
    tile_size: int = InputField(default=0, multiple_of=8, description=FieldDescriptions.vae_tile_size)
    fp32: bool = InputField(default=False, description=FieldDescriptions.fp32)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.pictures import decode

        latents = context.tensors.load(self.latents.latents_name)
        return saved(context, decode(context, self.vae, latents))


@invocation("i2l", title="Image to Latents - SD1.5, SDXL", tags=["vae"], category="latents", version="1.1.1")
class ImageToLatentsInvocation(BaseInvocation):
    """The latents of a picture."""

    image: ImageField = InputField(description=FieldDescriptions.image)
    vae: VAEField = InputField(description=FieldDescriptions.vae, input=Input.Connection)
    tiled: bool = InputField(default=False, description=FieldDescriptions.tiled)
    tile_size: int = InputField(default=0, multiple_of=8, description=FieldDescriptions.vae_tile_size)
    fp32: bool = InputField(default=False, description=FieldDescriptions.fp32)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        from extensions.invokeai.drawing.pictures import encode

        image = context.images.get_pil(self.image.image_name, "RGB")
        return kept(context, encode(context, self.vae, image))


def _resized(tensor: Tensor, size: tuple[int, int], mode: str, antialias: bool) -> Tensor:
    import torch

    smooth = antialias and mode in ("bilinear", "bicubic")
    more: dict[str, Any] = {"antialias": True} if smooth else {}
    return torch.nn.functional.interpolate(tensor.float(), size=size, mode=mode, **more)


@invocation("lresize", title="Resize Latents", tags=["latents"], category="latents", version="1.0.2")
class ResizeLatentsInvocation(BaseInvocation):
    """Latents in another size."""

    latents: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    width: int = InputField(ge=64, multiple_of=_CELL, description=FieldDescriptions.width)
    height: int = InputField(ge=64, multiple_of=_CELL, description=FieldDescriptions.height)
    mode: LATENTS_INTERPOLATION_MODE = InputField(
        default="bilinear", description=FieldDescriptions.interp_mode
    )
    antialias: bool = InputField(default=False, description=FieldDescriptions.torch_antialias)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        check_size(context, self.width, self.height)
        size = self.height // _CELL, self.width // _CELL
        latents = context.tensors.load(self.latents.latents_name)
        return kept(context, _resized(latents, size, self.mode, self.antialias), self.latents.seed)


@invocation("lscale", title="Scale Latents", tags=["latents"], category="latents", version="1.0.2")
class ScaleLatentsInvocation(BaseInvocation):
    """Latents with their sides multiplied."""

    latents: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    scale_factor: float = InputField(gt=0, description=FieldDescriptions.scale_factor)
    mode: LATENTS_INTERPOLATION_MODE = InputField(
        default="bilinear", description=FieldDescriptions.interp_mode
    )
    antialias: bool = InputField(default=False, description=FieldDescriptions.torch_antialias)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        latents = context.tensors.load(self.latents.latents_name)
        height, width = (max(int(side * self.scale_factor), 1) for side in latents.shape[-2:])
        check_size(context, width * _CELL, height * _CELL)
        return kept(context, _resized(latents, (height, width), self.mode, self.antialias), self.latents.seed)


@invocation("lblend", title="Blend Latents", tags=["latents"], category="latents", version="1.1.0")
class BlendLatentsInvocation(BaseInvocation):
    """Two latents blended along the great circle through both."""

    latents_a: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    latents_b: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    mask: ImageField | None = InputField(default=None, description="White where the second counts")
    alpha: float = InputField(default=0.5, ge=0, description=FieldDescriptions.blend_alpha)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        from extensions.invokeai.drawing.blending import mask_of, slerp

        one = context.tensors.load(self.latents_a.latents_name)
        other = context.tensors.load(self.latents_b.latents_name)
        if one.shape != other.shape:
            raise ValueError(f"latents of {tuple(one.shape)} and {tuple(other.shape)} can't be blended")
        blended = slerp(self.alpha, one, other)
        if self.mask is not None:
            mask = mask_of(context.images.get_pil(self.mask.image_name, "L"), one)
            blended = one * (1 - mask) + blended * mask
        return kept(context, blended)


@invocation("crop_latents", title="Crop Latents", tags=["latents"], category="latents", version="1.0.2")
class CropLatentsCoreInvocation(BaseInvocation):
    """A part of latents; sizes are pixels of the picture."""

    latents: LatentsField = InputField(description=_LATENTS, input=Input.Connection)
    x: int = InputField(ge=0, multiple_of=_CELL, description="Left")
    y: int = InputField(ge=0, multiple_of=_CELL, description="Top")
    width: int = InputField(ge=1, multiple_of=_CELL, description=FieldDescriptions.width)
    height: int = InputField(ge=1, multiple_of=_CELL, description=FieldDescriptions.height)

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        latents = context.tensors.load(self.latents.latents_name)
        x, y, width, height = (v // _CELL for v in (self.x, self.y, self.width, self.height))
        part = latents[..., y : y + height, x : x + width]
        if not part.numel():
            raise ValueError("nothing of the latents is left")
        return kept(context, part.contiguous(), self.latents.seed)
