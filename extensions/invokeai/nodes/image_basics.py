"""Nodes that make pictures, change their size, and put them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from PIL import Image, ImageChops

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import BoundingBoxField, ColorField, ImageField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.limits import check_size
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.nodes.primitives import BLACK
from extensions.invokeai.outputs.stored import ImageOutput
from extensions.invokeai.vocabulary.nodes import ImageCategory

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

PIL_RESAMPLING_MODES = Literal["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
PIL_RESAMPLING_MAP: Mapping[str, Image.Resampling] = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
_THE_PICTURE = "The picture"


@invocation("blank_image", title="Blank Image", tags=["image"], category="image", version="1.2.2")
class BlankImageInvocation(PictureNode):
    """A picture of one colour."""

    width: int = InputField(default=512, description="Its width", ge=1)
    height: int = InputField(default=512, description="Its height", ge=1)
    mode: Literal["RGB", "RGBA"] = InputField(default="RGB", description="Its mode")
    color: ColorField = InputField(default=BLACK, description="Its colour")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        check_size(context, self.width, self.height)
        image = Image.new("RGBA", (self.width, self.height), self.color.tuple())
        return saved(context, image.convert(self.mode))


@invocation("img_resize", title="Resize Image", tags=["image"], category="image", version="1.2.2")
class ImageResizeInvocation(PictureNode):
    """A picture in another size."""

    image: ImageField = InputField(description=_THE_PICTURE)
    width: int = InputField(default=512, gt=0, description="Its width")
    height: int = InputField(default=512, gt=0, description="Its height")
    resample_mode: PIL_RESAMPLING_MODES = InputField(default="bicubic", description="How it is resampled")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        check_size(context, self.width, self.height)
        image = context.images.get_pil(self.image.image_name)
        mode = PIL_RESAMPLING_MAP[self.resample_mode]
        return saved(context, image.resize((self.width, self.height), resample=mode))


@invocation("img_scale", title="Scale Image", tags=["image"], category="image", version="1.2.2")
class ImageScaleInvocation(PictureNode):
    """A picture with its sides multiplied."""

    image: ImageField = InputField(description=_THE_PICTURE)
    scale_factor: float = InputField(default=2.0, gt=0, description="How many times")
    resample_mode: PIL_RESAMPLING_MODES = InputField(default="bicubic", description="How it is resampled")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name)
        width, height = (max(int(side * self.scale_factor), 1) for side in image.size)
        check_size(context, width, height)
        return saved(context, image.resize((width, height), resample=PIL_RESAMPLING_MAP[self.resample_mode]))


@invocation("img_crop", title="Crop Image", tags=["image"], category="image", version="1.2.2")
class ImageCropInvocation(PictureNode):
    """A part of a picture; what lies outside of it is transparent."""

    image: ImageField = InputField(description=_THE_PICTURE)
    x: int = InputField(default=0, description="Left")
    y: int = InputField(default=0, description="Top")
    width: int = InputField(default=512, gt=0, description="Width")
    height: int = InputField(default=512, gt=0, description="Height")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        check_size(context, self.width, self.height)
        image = context.images.get_pil(self.image.image_name)
        canvas = Image.new("RGBA", (self.width, self.height), (0, 0, 0, 0))
        canvas.paste(image, (-self.x, -self.y))
        return saved(context, canvas)


@invocation(
    "img_pad_crop", title="Center Pad or Crop Image", tags=["image"], category="image", version="1.0.0"
)
class CenterPadCropInvocation(BaseInvocation):
    """A picture with something added to its sides, or cut off where that is below 0."""

    image: ImageField = InputField(description=_THE_PICTURE)
    left: int = InputField(default=0, description="At the left")
    right: int = InputField(default=0, description="At the right")
    top: int = InputField(default=0, description="Above")
    bottom: int = InputField(default=0, description="Below")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name)
        width, height = image.width + self.left + self.right, image.height + self.top + self.bottom
        if width < 1 or height < 1:
            raise ValueError("nothing of the picture is left")
        check_size(context, width, height)
        canvas = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        canvas.paste(image, (self.left, self.top))
        return saved(context, canvas)


def pasted(base: Image.Image, top: Image.Image, mask: Image.Image | None, x: int, y: int) -> Image.Image:
    """Paste ``top`` on ``base``, on a canvas that holds both; where ``mask`` is white, ``top`` shows."""
    left, upper = min(0, x), min(0, y)
    width = max(base.width, top.width + x) - left
    height = max(base.height, top.height + y) - upper
    canvas = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    canvas.paste(base, (-left, -upper))
    canvas.paste(top, (max(0, x), max(0, y)), mask=mask)
    return canvas


@invocation("img_paste", title="Paste Image", tags=["image"], category="image", version="1.2.2")
class ImagePasteInvocation(PictureNode):
    """One picture on another."""

    base_image: ImageField = InputField(description="The picture below")
    image: ImageField = InputField(description="The picture on it")
    mask: ImageField | None = InputField(default=None, description="Where it shows")
    x: int = InputField(default=0, description="Left")
    y: int = InputField(default=0, description="Top")
    crop: bool = InputField(default=False, description="Whether the result has the size of the picture below")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        base = context.images.get_pil(self.base_image.image_name, mode="RGBA")
        top = context.images.get_pil(self.image.image_name, mode="RGBA")
        mask = None
        if self.mask is not None:
            mask = ImageChops.invert(context.images.get_pil(self.mask.image_name, mode="L"))
            mask = mask if mask.size == top.size else mask.resize(top.size)
        check_size(
            context, max(base.width, top.width + abs(self.x)), max(base.height, top.height + abs(self.y))
        )
        image = pasted(base, top, mask, self.x, self.y)
        if self.crop:
            left, upper = max(0, -self.x), max(0, -self.y)
            image = image.crop((left, upper, left + base.width, upper + base.height))
        return saved(context, image)


@invocation(
    "save_image", title="Save Image", tags=["image"], category="image", version="1.2.2", use_cache=False
)
class SaveImageInvocation(PictureNode):
    """A picture kept in the gallery, once more."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return saved(context, context.images.get_pil(self.image.image_name))


@invocation("show_image", title="Show Image", tags=["image"], category="image", version="1.0.1")
class ShowImageInvocation(BaseInvocation):
    """A picture as it is."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return ImageOutput.build(context.images.get_dto(self.image.image_name))


@invocation(
    "crop_image_to_bounding_box", title="Crop Image to Bounding Box", category="image", version="1.0.0"
)
class CropImageToBoundingBoxInvocation(PictureNode):
    """The part of a picture within a box, the whole picture without one."""

    image: ImageField = InputField(description=_THE_PICTURE)
    bounding_box: BoundingBoxField | None = InputField(default=None, description="The box")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name)
        box = self.bounding_box
        return saved(context, image.crop(box.tuple() if box is not None else (0, 0, *image.size)))


@invocation(
    "paste_image_into_bounding_box", title="Paste Image into Bounding Box", category="image", version="1.0.0"
)
class PasteImageIntoBoundingBoxInvocation(PictureNode):
    """A picture put into a box of another."""

    source_image: ImageField = InputField(description="The picture that is put")
    target_image: ImageField = InputField(description="The picture that takes it")
    bounding_box: BoundingBoxField = InputField(description="The box")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        source = context.images.get_pil(self.source_image.image_name, mode="RGBA")
        target = context.images.get_pil(self.target_image.image_name, mode="RGBA")
        box = self.bounding_box
        if (box.x_max - box.x_min, box.y_max - box.y_min) != source.size:
            raise ValueError(f"the box has another size than the picture ({source.width}x{source.height})")
        target.paste(source, (box.x_min, box.y_min), source)
        return saved(context, target)


MASK = ImageCategory.MASK


@invocation("tomask", title="Mask from Alpha", tags=["image", "mask"], category="image", version="1.2.2")
class MaskFromAlphaInvocation(PictureNode):
    """The opacity of a picture as a mask."""

    image: ImageField = InputField(description=_THE_PICTURE)
    invert: bool = InputField(default=False, description="Whether transparent is white")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        mask = context.images.get_pil(self.image.image_name, mode="RGBA").split()[-1]
        return saved(context, ImageChops.invert(mask) if self.invert else mask, MASK)
