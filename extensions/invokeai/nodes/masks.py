"""Nodes about masks: as pictures, as tensors, and for the part of latents to denoise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import PIL.Image
from PIL import ImageChops, ImageFilter

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import UNetField, VAEField
from extensions.invokeai.fields.values import ColorField, DenoiseMaskField, ImageField, TensorField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.limits import check_size
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.outputs.stored import DenoiseMaskOutput, GradientMaskOutput, ImageOutput, MaskOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import ImageCategory, Input

if TYPE_CHECKING:
    from torch import Tensor

    from extensions.invokeai.context.context import InvocationContext

MASK = ImageCategory.MASK


def grey(context: InvocationContext, field: ImageField) -> PIL.Image.Image:
    """Load a mask's picture, as mode L."""
    return context.images.get_pil(field.image_name, "L")


@invocation("mask_combine", title="Combine Masks", tags=["image", "mask"], category="image", version="1.2.2")
class MaskCombineInvocation(PictureNode):
    """Two masks multiplied."""

    mask1: ImageField = InputField(description="The first")
    mask2: ImageField = InputField(description="The second")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        combined = ImageChops.multiply(grey(context, self.mask1), grey(context, self.mask2))
        return saved(context, combined, MASK)


@invocation("mask_from_id", title="Mask from Segmented Image", category="image", version="1.0.1")
class MaskFromIDInvocation(PictureNode):
    """A mask of where a picture has a colour, or nearly so."""

    image: ImageField = InputField(description="The picture")
    color: ColorField = InputField(description="The colour")
    threshold: int = InputField(default=100, ge=0, description="How far from it still counts")
    invert: bool = InputField(default=False, description="Whether the colour is black")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGB")
        flat = PIL.Image.new("RGB", image.size, self.color.tuple()[:3])
        parts = ImageChops.difference(image, flat).split()
        total = ImageChops.add(ImageChops.add(parts[0], parts[1]), parts[2])
        near, far = (0, 255) if self.invert else (255, 0)
        return saved(context, total.point([near if v <= self.threshold else far for v in range(256)]), MASK)


@invocation("expand_mask_with_fade", title="Expand Mask with Fade", category="image", version="1.0.1")
class ExpandMaskWithFadeInvocation(PictureNode):
    """A mask's black part grown, with a soft edge."""

    mask: ImageField = InputField(description="The mask")
    threshold: int = InputField(default=0, ge=0, le=255, description="What is black at first")
    fade_size_px: int = InputField(default=32, ge=0, description="How wide the edge is")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.distances import faded

        return saved(context, faded(grey(context, self.mask), self.threshold, self.fade_size_px), MASK)


@invocation("apply_mask_to_image", title="Apply Mask to Image", category="image", version="1.0.0")
class ApplyMaskToImageInvocation(PictureNode):
    """A picture that shows where a mask is black."""

    image: ImageField = InputField(description="The picture")
    mask: ImageField = InputField(description="The mask")
    invert_mask: bool = InputField(default=False, description="Whether it shows where the mask is white")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        mask = grey(context, self.mask).resize(image.size)
        shown = mask if self.invert_mask else ImageChops.invert(mask)
        image.putalpha(ImageChops.multiply(image.getchannel("A"), shown))
        return saved(context, image)


@invocation("mask_edge", title="Mask Edge", tags=["image", "mask"], category="image", version="1.2.2")
class MaskEdgeInvocation(PictureNode):
    """The edge of a mask."""

    image: ImageField = InputField(description="The mask")
    edge_size: int = InputField(ge=0, description="How wide")
    edge_blur: int = InputField(ge=0, description="How soft")
    low_threshold: int = InputField(description="The lower threshold of the edge detector")
    high_threshold: int = InputField(description="The upper one")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.distances import edges

        found = edges(
            grey(context, self.image), self.edge_size, self.edge_blur, self.low_threshold, self.high_threshold
        )
        return saved(context, ImageChops.invert(found), MASK)


@invocation("canvas_paste_back", title="Canvas Paste Back", category="image", version="1.0.1")
class CanvasPasteBackInvocation(PictureNode):
    """A picture laid into another where a mask is white."""

    source_image: ImageField = InputField(description="The picture below")
    target_image: ImageField = InputField(description="The picture on it")
    mask: ImageField = InputField(description="Where it shows")
    mask_blur: int = InputField(default=0, ge=0, description="How soft the mask's edge is")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        source = context.images.get_pil(self.source_image.image_name, mode="RGBA")
        target = context.images.get_pil(self.target_image.image_name, mode="RGBA").resize(source.size)
        mask = grey(context, self.mask).resize(source.size)
        soft = mask.filter(ImageFilter.GaussianBlur(self.mask_blur)) if self.mask_blur else mask
        source.paste(target, (0, 0), soft)
        return saved(context, source)


def kept_mask(context: InvocationContext, mask: Tensor) -> MaskOutput:
    """Save a mask (1, H, W) of booleans, and return the output that names it."""
    name = context.tensors.save(mask)
    return MaskOutput(mask=TensorField(tensor_name=name), width=mask.shape[-1], height=mask.shape[-2])


@invocation("rectangle_mask", title="Create Rectangle Mask", category="conditioning", version="1.0.1")
class RectangleMaskInvocation(BaseInvocation):
    """True within a rectangle."""

    width: int = InputField(gt=0, description="Width of the mask")
    height: int = InputField(gt=0, description="Height of the mask")
    x_left: int = InputField(description="Left")
    y_top: int = InputField(description="Top")
    rectangle_width: int = InputField(description="Width of the rectangle")
    rectangle_height: int = InputField(description="Height of the rectangle")

    def invoke(self, context: InvocationContext) -> MaskOutput:
        import torch

        check_size(context, self.width, self.height)
        mask = torch.zeros((1, self.height, self.width), dtype=torch.bool)
        right, bottom = self.x_left + self.rectangle_width, self.y_top + self.rectangle_height
        mask[:, self.y_top : bottom, self.x_left : right] = True
        return kept_mask(context, mask)


def _truth(image: PIL.Image.Image, cutoff: int, *, invert: bool) -> Tensor:
    import numpy as np
    import torch

    values = torch.from_numpy(np.array(image))[None]
    return values < cutoff if invert else values >= cutoff


@invocation("alpha_mask_to_tensor", title="Alpha Mask to Tensor", category="conditioning", version="1.0.0")
class AlphaMaskToTensorInvocation(BaseInvocation):
    """True where a picture is opaque."""

    image: ImageField = InputField(description="The picture")
    invert: bool = InputField(default=False, description="Whether it is true where it is transparent")

    def invoke(self, context: InvocationContext) -> MaskOutput:
        alpha = context.images.get_pil(self.image.image_name, mode="RGBA").getchannel("A")
        return kept_mask(context, _truth(alpha, 1, invert=self.invert))


@invocation("image_mask_to_tensor", title="Image Mask to Tensor", category="conditioning", version="1.0.0")
class ImageMaskToTensorInvocation(BaseInvocation):
    """True where a picture is bright."""

    image: ImageField = InputField(description="The picture")
    cutoff: int = InputField(default=128, ge=0, le=255, description="From which brightness")
    invert: bool = InputField(default=False, description="Whether it is true where it is dark")

    def invoke(self, context: InvocationContext) -> MaskOutput:
        return kept_mask(context, _truth(grey(context, self.image), self.cutoff, invert=self.invert))


@invocation("invert_tensor_mask", title="Invert Tensor Mask", category="conditioning", version="1.1.0")
class InvertTensorMaskInvocation(BaseInvocation):
    """True where another mask is false."""

    mask: TensorField = InputField(description="The mask")

    def invoke(self, context: InvocationContext) -> MaskOutput:
        return kept_mask(context, ~context.tensors.load(self.mask.tensor_name).bool())


@invocation("tensor_mask_to_image", title="Tensor Mask to Image", category="mask", version="1.1.0")
class MaskTensorToImageInvocation(PictureNode):
    """A mask as a picture, white where it is true."""

    mask: TensorField = InputField(description="The mask")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.pictures import mask_picture

        return saved(context, mask_picture(context.tensors.load(self.mask.tensor_name)), MASK)


@invocation(
    "apply_tensor_mask_to_image", title="Apply Tensor Mask to Image", category="mask", version="1.0.0"
)
class ApplyMaskTensorToImageInvocation(PictureNode):
    """A picture that is seen where a mask is true."""

    mask: TensorField = InputField(description="The mask")
    image: ImageField = InputField(description="The picture")
    invert: bool = InputField(default=False, description="Whether it is seen where the mask is false")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.pictures import mask_picture

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        mask = mask_picture(context.tensors.load(self.mask.tensor_name)).resize(image.size)
        shown = ImageChops.invert(mask) if self.invert else mask
        image.putalpha(ImageChops.multiply(image.getchannel("A"), shown))
        return saved(context, image)


def _mask_tensor(image: PIL.Image.Image) -> Tensor:
    """Return a mask as (1, 1, H, W) in [0, 1]."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(image).astype(np.float32) / 255.0)[None, None]


def _masked_latents(
    context: InvocationContext, image: PIL.Image.Image, mask: PIL.Image.Image, vae: VAEField
) -> str:
    """Save the latents of a picture with grey in place of what is denoised, for inpainting checkpoints."""
    from extensions.invokeai.drawing.pictures import encode

    grey_ = PIL.Image.new("RGB", image.size, (128, 128, 128))
    kept = PIL.Image.composite(image, grey_, mask.resize(image.size))
    return context.tensors.save(encode(context, vae, kept))


@invocation("create_denoise_mask", title="Create Denoise Mask", category="latents", version="1.0.2")
class CreateDenoiseMaskInvocation(BaseInvocation):
    """A mask of the part of latents to denoise: the black part of a picture."""

    vae: VAEField = InputField(description=FieldDescriptions.vae, input=Input.Connection, ui_order=0)
    image: ImageField | None = InputField(default=None, description="The picture", ui_order=1)
    mask: ImageField = InputField(description="The mask", ui_order=2)
    tiled: bool = InputField(default=False, description=FieldDescriptions.tiled, ui_order=3)
    fp32: bool = InputField(default=False, description=FieldDescriptions.fp32, ui_order=4)

    def invoke(self, context: InvocationContext) -> DenoiseMaskOutput:
        mask = grey(context, self.mask)
        latents = None
        if self.image is not None:
            image = context.images.get_pil(self.image.image_name, mode="RGB")
            hard = mask.point([255 if v >= 128 else 0 for v in range(256)])
            latents = _masked_latents(context, image, hard, self.vae)
        return DenoiseMaskOutput.build(context.tensors.save(_mask_tensor(mask)), latents, gradient=False)


@invocation("create_gradient_mask", title="Create Gradient Mask", category="latents", version="1.3.0")
class CreateGradientMaskInvocation(BaseInvocation):
    """A mask of the part of latents to denoise, growing step by step over a soft edge."""

    mask: ImageField = InputField(description="The mask; what is black is denoised")
    edge_radius: int = InputField(default=16, ge=0, description="How wide the edge is")
    coherence_mode: Literal["Gaussian Blur", "Box Blur", "Staged"] = InputField(
        default="Gaussian Blur", description="What the edge is like"
    )
    minimum_denoise: float = InputField(default=0.0, ge=0, le=1, description="Least share of denoising there")
    image: ImageField | None = InputField(default=None, description="The picture")
    unet: UNetField | None = InputField(
        default=None, description=FieldDescriptions.unet, input=Input.Connection, title="UNet"
    )
    vae: VAEField | None = InputField(
        default=None, description=FieldDescriptions.vae, input=Input.Connection, title="VAE"
    )
    tiled: bool = InputField(default=False, description=FieldDescriptions.tiled)
    fp32: bool = InputField(default=False, description=FieldDescriptions.fp32)

    def invoke(self, context: InvocationContext) -> GradientMaskOutput:
        from extensions.invokeai.drawing.distances import gradient_mask

        mask = grey(context, self.mask)
        soft = gradient_mask(mask, self.edge_radius, self.coherence_mode, self.minimum_denoise)
        touched = soft.point([255 if v < 255 else 0 for v in range(256)])
        area = context.images.save(touched, image_category=MASK)
        latents = None
        if self.image is not None and self.vae is not None:
            image = context.images.get_pil(self.image.image_name, mode="RGB")
            latents = _masked_latents(context, image, mask, self.vae)
        name = context.tensors.save(_mask_tensor(soft))
        field = DenoiseMaskField(mask_name=name, masked_latents_name=latents, gradient=True)
        return GradientMaskOutput(
            denoise_mask=field, expanded_mask_area=ImageField(image_name=area.image_name)
        )
