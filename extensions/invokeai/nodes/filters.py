"""Nodes that fill holes in pictures, find edges, and enlarge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import PIL.Image
from PIL import ImageChops

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.fields.values import ColorField, ImageField
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.image_basics import PIL_RESAMPLING_MAP, PIL_RESAMPLING_MODES
from extensions.invokeai.nodes.limits import check_size
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.outputs.stored import ImageOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.models import ModelType
from extensions.invokeai.vocabulary.nodes import SEED_MAX

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_THE_PICTURE = "The picture"
ESRGAN_MODELS = Literal[
    "RealESRGAN_x4plus.pth",
    "RealESRGAN_x4plus_anime_6B.pth",
    "ESRGAN_SRx4_DF2KOST_official-ff704c30.pth",
    "RealESRGAN_x2plus.pth",
]


@invocation("infill_rgba", title="Solid Color Infill", tags=["image"], category="inpaint", version="1.2.2")
class InfillColorInvocation(PictureNode):
    """Transparent parts of a picture in one colour."""

    image: ImageField = InputField(description=_THE_PICTURE)
    color: ColorField = InputField(default=ColorField(r=127, g=127, b=127, a=255), description="The colour")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        flat = PIL.Image.new("RGBA", image.size, self.color.tuple())
        return saved(context, PIL.Image.alpha_composite(flat, image))


@invocation("infill_tile", title="Tile Infill", tags=["image"], category="inpaint", version="1.2.3")
class InfillTileInvocation(PictureNode):
    """Transparent parts of a picture filled with tiles of the rest."""

    image: ImageField = InputField(description=_THE_PICTURE)
    tile_size: int = InputField(default=32, ge=1, description="Side of a tile")
    seed: int = InputField(default=0, ge=0, le=SEED_MAX, description="Which tiles are taken")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.infill import tiled

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        return saved(context, tiled(image, self.tile_size, self.seed))


@invocation("infill_cv2", title="CV2 Infill", tags=["image"], category="inpaint", version="1.2.2")
class CV2InfillInvocation(PictureNode):
    """Transparent parts of a picture filled from their edges."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.infill import healed

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        hole = ImageChops.invert(image.getchannel("A"))
        return saved(context, healed(image.convert("RGB"), hole))


@invocation("infill_patchmatch", title="PatchMatch Infill", category="inpaint", version="1.2.2")
class InfillPatchMatchInvocation(PictureNode):
    """Transparent parts of a picture filled with patches of the rest."""

    image: ImageField = InputField(description=_THE_PICTURE)
    downscale: float = InputField(default=2.0, gt=0, description="How many times smaller it is filled")
    resample_mode: PIL_RESAMPLING_MODES = InputField(default="bicubic", description="How it is resized")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.context.progress import let_others
        from extensions.invokeai.drawing.infill import filling_size, patched

        image, services = context.images.get_pil(self.image.image_name, mode="RGBA"), context.services
        size, resample = filling_size(image.size, self.downscale), PIL_RESAMPLING_MAP[self.resample_mode]
        asked = int(image.width / self.downscale), int(image.height / self.downscale)
        if size < asked:
            text = "the hole is filled at {}x{} pixels instead of {}x{}, which is larger than it is done"
            services.warnings.append(text.format(*size, *asked))
        return saved(context, patched(image, size, resample, partial(let_others, services)))


@invocation("infill_lama", title="LaMa Infill", tags=["image"], category="inpaint", version="1.2.2")
class LaMaInfillInvocation(PictureNode):
    """Transparent parts of a picture filled by the network LaMa, whose file must be here."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.controlnet.plugin import draw_map

        image = context.images.get_pil(self.image.image_name, mode="RGBA")
        hole = ImageChops.invert(image.getchannel("A"))
        services = context.services.work.services
        made = draw_map("inpaint_only+lama", image.convert("RGB"), services, mask=hole)
        return saved(context, made.convert("RGB"))


@invocation("cv_inpaint", title="OpenCV Inpaint", tags=["opencv"], category="inpaint", version="1.3.1")
class CvInpaintInvocation(PictureNode):
    """The white part of a mask filled from its edges."""

    image: ImageField = InputField(description=_THE_PICTURE)
    mask: ImageField = InputField(description="The mask")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.infill import healed

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        mask = context.images.get_pil(self.mask.image_name, mode="L").resize(image.size)
        return saved(context, healed(image, mask))


@invocation("canny_edge_detection", title="Canny Edge Detection", category="controlnet", version="1.0.0")
class CannyEdgeDetectionInvocation(PictureNode):
    """The edges of a picture, as control networks read them."""

    image: ImageField = InputField(description=_THE_PICTURE)
    low_threshold: int = InputField(default=100, ge=0, le=255, description="The lower threshold")
    high_threshold: int = InputField(default=200, ge=0, le=255, description="The upper one")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.distances import edges

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        found = edges(image, 0, 0, self.low_threshold, self.high_threshold)
        return saved(context, found.convert("RGB"))


@invocation("spandrel_image_to_image", title="Image-to-Image", category="upscale", version="1.3.0")
class SpandrelImageToImageInvocation(PictureNode):
    """A picture through an enlarging network."""

    image: ImageField = InputField(description=_THE_PICTURE)
    image_to_image_model: ModelIdentifierField = InputField(
        description=FieldDescriptions.spandrel_image_to_image_model,
        ui_model_type=ModelType.SpandrelImageToImage,
    )
    tile_size: int = InputField(default=512, ge=0, description="Decided by the engine")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.enlarge import by_network

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        name = context.models.get_config(self.image_to_image_model).name
        return saved(context, by_network(context, image, name, None))


@invocation(
    "spandrel_image_to_image_autoscale",
    title="Image-to-Image (Autoscale)",
    category="upscale",
    version="1.0.0",
)
class SpandrelImageToImageAutoscaleInvocation(PictureNode):
    """A picture through an enlarging network, to a multiple of its size."""

    image: ImageField = InputField(description=_THE_PICTURE)
    image_to_image_model: ModelIdentifierField = InputField(
        description=FieldDescriptions.spandrel_image_to_image_model,
        ui_model_type=ModelType.SpandrelImageToImage,
    )
    tile_size: int = InputField(default=512, ge=0, description="Decided by the engine")
    scale: float = InputField(default=4.0, gt=0.0, le=16.0, description="How many times as large")
    fit_to_multiple_of_8: bool = InputField(default=False, description="Whether sides are whole cells")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.enlarge import by_network

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        width, height = (max(round(side * self.scale), 1) for side in image.size)
        if self.fit_to_multiple_of_8:
            width, height = max(width // 8, 1) * 8, max(height // 8, 1) * 8
        check_size(context, width, height)
        name = context.models.get_config(self.image_to_image_model).name
        return saved(context, by_network(context, image, name, (width, height)))


@invocation("esrgan", title="Upscale (RealESRGAN)", tags=["esrgan"], category="esrgan", version="1.3.2")
class ESRGANInvocation(PictureNode):
    """A picture through one of four enlarging networks, whose file must be here."""

    image: ImageField = InputField(description=_THE_PICTURE)
    model_name: ESRGAN_MODELS = InputField(default="RealESRGAN_x4plus.pth", description="The network")
    tile_size: int = InputField(default=400, ge=0, description="Decided by the engine")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.enlarge import by_network

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        return saved(context, by_network(context, image, self.model_name.rpartition(".")[0], None))
