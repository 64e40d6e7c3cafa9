"""Nodes that change the colours, the sharpness and the noise of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import PIL.Image
from PIL import ImageChops, ImageFilter

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import ImageField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.outputs.plain import StringOutput
from extensions.invokeai.outputs.stored import ImageOutput
from extensions.invokeai.vocabulary.nodes import IMAGE_MODES, SEED_MAX

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_THE_PICTURE = "The picture"
CHANNELS = {
    f"{name} ({mode})": (mode, index)
    for mode, names in (
        ("RGBA", ("Red", "Green", "Blue", "Alpha")),
        ("CMYK", ("Cyan", "Magenta", "Yellow", "Black")),
        ("HSV", ("Hue", "Saturation", "Value")),
        ("LAB", ("Luminosity", "A", "B")),
        ("YCbCr", ("Y", "Cb", "Cr")),
    )
    for index, name in enumerate(names)
}
"""Channels by the names that editors show: the mode, and the place in it."""
COLOR_CHANNELS = Literal[
    "Red (RGBA)", "Green (RGBA)", "Blue (RGBA)", "Alpha (RGBA)", "Cyan (CMYK)", "Magenta (CMYK)",
    "Yellow (CMYK)", "Black (CMYK)", "Hue (HSV)", "Saturation (HSV)", "Value (HSV)", "Luminosity (LAB)",
    "A (LAB)", "B (LAB)", "Y (YCbCr)", "Cb (YCbCr)", "Cr (YCbCr)",
]  # fmt: skip


@invocation("img_mul", title="Multiply Images", tags=["image"], category="image", version="1.2.2")
class ImageMultiplyInvocation(PictureNode):
    """Two pictures multiplied."""

    image1: ImageField = InputField(description="The first")
    image2: ImageField = InputField(description="The second")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        one = context.images.get_pil(self.image1.image_name)
        other = context.images.get_pil(self.image2.image_name, mode=one.mode)  # type: ignore[arg-type]
        return saved(context, ImageChops.multiply(one, other))


@invocation("img_chan", title="Extract Image Channel", tags=["image"], category="image", version="1.2.2")
class ImageChannelInvocation(PictureNode):
    """One channel of a picture."""

    image: ImageField = InputField(description=_THE_PICTURE)
    channel: Literal["A", "R", "G", "B"] = InputField(default="A", description="The channel")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        return saved(context, image.getchannel(self.channel))


@invocation("img_conv", title="Convert Image Mode", tags=["image"], category="image", version="1.2.2")
class ImageConvertInvocation(PictureNode):
    """A picture in another mode."""

    image: ImageField = InputField(description=_THE_PICTURE)
    mode: IMAGE_MODES = InputField(default="L", description="The mode")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return saved(context, context.images.get_pil(self.image.image_name).convert(self.mode))


@invocation("img_blur", title="Blur Image", tags=["image"], category="image", version="1.2.2")
class ImageBlurInvocation(PictureNode):
    """A picture blurred."""

    image: ImageField = InputField(description=_THE_PICTURE)
    radius: float = InputField(default=8.0, ge=0, description="How far")
    blur_type: Literal["gaussian", "box"] = InputField(default="gaussian", description="How")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        kind = ImageFilter.GaussianBlur if self.blur_type == "gaussian" else ImageFilter.BoxBlur
        return saved(context, image.filter(kind(self.radius)))


@invocation("unsharp_mask", title="Unsharp Mask", tags=["image"], category="image", version="1.2.2")
class UnsharpMaskInvocation(PictureNode):
    """A picture sharpened."""

    image: ImageField = InputField(description=_THE_PICTURE)
    radius: float = InputField(gt=0, default=2, description="How wide")
    strength: float = InputField(ge=0, default=50, description="How much, in percent")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name)
        alpha = image.getchannel("A") if "A" in image.mode else None
        sharp = image.convert("RGB").filter(
            ImageFilter.UnsharpMask(radius=self.radius, percent=round(self.strength), threshold=0)
        )
        if alpha is not None:
            sharp.putalpha(alpha)
        return saved(context, sharp)


@invocation("img_lerp", title="Lerp Image", tags=["image"], category="image", version="1.2.2")
class ImageLerpInvocation(PictureNode):
    """Brightness squeezed between two values."""

    image: ImageField = InputField(description=_THE_PICTURE)
    min: int = InputField(default=0, ge=0, le=255, description="The least")
    max: int = InputField(default=255, ge=0, le=255, description="The greatest")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        low, high = self.min, self.max
        image = context.images.get_pil(self.image.image_name, mode="RGB")
        return saved(context, image.point([int(v / 255 * (high - low) + low) for v in range(256)] * 3))


@invocation("img_ilerp", title="Inverse Lerp Image", tags=["image"], category="image", version="1.2.2")
class ImageInverseLerpInvocation(PictureNode):
    """Brightness between two values stretched to all."""

    image: ImageField = InputField(description=_THE_PICTURE)
    min: int = InputField(default=0, ge=0, le=255, description="What becomes black")
    max: int = InputField(default=255, ge=0, le=255, description="What becomes white")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        low, span = self.min, max(self.max - self.min, 1)
        image = context.images.get_pil(self.image.image_name, mode="RGB")
        stretched = [min(max(int((v - low) / span * 255), 0), 255) for v in range(256)]
        return saved(context, image.point(stretched * 3))


@invocation("img_watermark", title="Add Invisible Watermark", category="image", version="1.2.2")
class ImageWatermarkInvocation(PictureNode):
    """A text hidden in a picture's colours."""

    image: ImageField = InputField(description=_THE_PICTURE)
    text: str = InputField(default="InvokeAI", description="The text")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.watermark import hidden_in

        return saved(context, hidden_in(context.images.get_pil(self.image.image_name), self.text))


@invocation("decode_watermark", title="Decode Invisible Watermark", category="image", version="1.0.0")
class DecodeInvisibleWatermarkInvocation(BaseInvocation):
    """The text that is hidden in a picture's colours."""

    image: ImageField = InputField(description=_THE_PICTURE)
    length: int = InputField(default=8, ge=1, le=4096, description="How many bytes it has")

    def invoke(self, context: InvocationContext) -> StringOutput:
        from extensions.invokeai.drawing.watermark import found_in

        return StringOutput(value=found_in(context.images.get_pil(self.image.image_name), self.length))


@invocation("img_hue_adjust", title="Adjust Image Hue", tags=["image"], category="image", version="1.2.2")
class ImageHueAdjustmentInvocation(PictureNode):
    """All hues turned."""

    image: ImageField = InputField(description=_THE_PICTURE)
    hue: int = InputField(default=0, description="By how many degrees")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        hue, saturation, value = image.convert("HSV").split()
        turn = round(self.hue / 360 * 256)
        turned_hue = hue.point([(v + turn) % 256 for v in range(256)])
        turned = PIL.Image.merge("HSV", (turned_hue, saturation, value))
        result = turned.convert("RGBA")
        result.putalpha(image.getchannel("A"))
        return saved(context, result)


def _with_channel(
    image: PIL.Image.Image,
    channel: str,
    change: ImageChannelOffsetInvocation | ImageChannelMultiplyInvocation,
) -> PIL.Image.Image:
    """Change one channel of a picture, in the mode that the channel belongs to; opacity stays."""
    mode, index = CHANNELS[channel]
    alpha = image.getchannel("A")
    parts = list(image.convert("RGB" if mode == "LAB" else mode).convert(mode).split())
    parts[index] = parts[index].point(change.changed)
    made = PIL.Image.merge(mode, parts)
    result = made.convert("RGB").convert("RGBA") if mode != "RGBA" else made
    if mode != "RGBA":
        result.putalpha(alpha)
    return result


@invocation("img_channel_offset", title="Offset Image Channel", category="image", version="1.2.3")
class ImageChannelOffsetInvocation(PictureNode):
    """Something added to one channel."""

    image: ImageField = InputField(description=_THE_PICTURE)
    channel: COLOR_CHANNELS = InputField(description="The channel")
    offset: int = InputField(default=0, ge=-255, le=255, description="How much")

    def changed(self, value: float) -> int:
        """Return a value of the channel with the offset; hues wrap around, others are clamped to 0..255."""
        moved = int(value) + self.offset
        return moved % 256 if self.channel.startswith("Hue") else min(max(moved, 0), 255)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        return saved(context, _with_channel(image, self.channel, self))


@invocation("img_channel_multiply", title="Multiply Image Channel", category="image", version="1.2.3")
class ImageChannelMultiplyInvocation(PictureNode):
    """One channel multiplied."""

    image: ImageField = InputField(description=_THE_PICTURE)
    channel: COLOR_CHANNELS = InputField(description="The channel")
    scale: float = InputField(default=1.0, ge=0, description="By what")
    invert_channel: bool = InputField(default=False, description="Whether it is turned round after that")

    def changed(self, value: float) -> int:
        """Return a value of the channel scaled and clamped to 0..255, inverted after that if asked."""
        scaled = min(max(int(value * self.scale), 0), 255)
        return 255 - scaled if self.invert_channel else scaled

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        return saved(context, _with_channel(image, self.channel, self))


@invocation("img_noise", title="Add Image Noise", tags=["image", "noise"], category="image", version="1.1.0")
class ImageNoiseInvocation(PictureNode):
    """Noise added to a picture."""

    image: ImageField = InputField(description=_THE_PICTURE)
    mask: ImageField | None = InputField(default=None, description="Black where noise is added")
    seed: int = InputField(default=0, ge=0, le=SEED_MAX, description="Where random numbers begin")
    noise_type: Literal["gaussian", "salt_and_pepper"] = InputField(default="gaussian", description="Which")
    amount: float = InputField(default=0.1, ge=0, le=1, description="How much")
    noise_color: bool = InputField(default=True, description="Whether it has colours")
    size: int = InputField(default=1, ge=1, description="Pixels along the side of a grain")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.grain import grained

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        result = grained(
            image.convert("RGB"),
            seed=self.seed,
            pepper=self.noise_type == "salt_and_pepper",
            amount=self.amount,
            colored=self.noise_color,
            size=self.size,
        )
        if self.mask is not None:
            mask = context.images.get_pil(self.mask.image_name, mode="L").resize(image.size)
            result = PIL.Image.composite(image.convert("RGB"), result, mask)
        result.putalpha(image.getchannel("A"))
        return saved(context, result)


@invocation("color_correct", title="Color Correct", tags=["image"], category="image", version="1.2.2")
class ColorCorrectInvocation(PictureNode):
    """A picture with the spread of colours of another."""

    image: ImageField = InputField(description="The picture to correct")
    reference: ImageField = InputField(description="Whose colours it gets")
    mask: ImageField | None = InputField(default=None, description="White where it is corrected")
    mask_blur_radius: float = InputField(default=8, ge=0, description="How soft the mask's edge is")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.grain import matched

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        reference = context.images.get_pil(self.reference.image_name, mode="RGB")
        result = matched(image.convert("RGB"), reference)
        if self.mask is not None:
            mask = context.images.get_pil(self.mask.image_name, mode="L").resize(image.size)
            soft = mask.filter(ImageFilter.BoxBlur(self.mask_blur_radius))
            result = PIL.Image.composite(result, image.convert("RGB"), soft)
        result.putalpha(image.getchannel("A"))
        return saved(context, result)
