"""Nodes that make maps for control networks, by ControlNet's preprocessors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import PIL.Image

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import ImageField
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.outputs.stored import ImageOutput
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

_THE_PICTURE = "The picture"
DEPTH_ANYTHING_MODEL_SIZES = Literal["large", "base", "small", "small_v2"]


def mapped(
    context: InvocationContext, image: ImageField, name: str, *, a: float = 0.5, b: float = 0.5
) -> ImageOutput:
    """Save the map that a preprocessor makes. Raises MissingWeights, which names file and folder."""
    from extensions.controlnet.plugin import draw_map

    picture = context.images.get_pil(image.image_name, mode="RGB")
    return saved(context, draw_map(name, picture, context.services.work.services, a=a, b=b))


@invocation("hed_edge_detection", title="HED Edge Detection", category="controlnet", version="1.0.0")
class HEDEdgeDetectionInvocation(PictureNode):
    """Soft edges."""

    image: ImageField = InputField(description=_THE_PICTURE)
    scribble: bool = InputField(default=False, description=FieldDescriptions.scribble_mode)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "scribble_hed" if self.scribble else "hed")


@invocation("pidi_edge_detection", title="PiDiNet Edge Detection", category="controlnet", version="1.0.0")
class PiDiNetEdgeDetectionInvocation(PictureNode):
    """Soft edges by PiDiNet."""

    image: ImageField = InputField(description=_THE_PICTURE)
    quantize_edges: bool = InputField(default=False, description=FieldDescriptions.safe_mode)
    scribble: bool = InputField(default=False, description=FieldDescriptions.scribble_mode)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        soft = "pidinet_safe" if self.quantize_edges else "pidinet"
        return mapped(context, self.image, "pidinet_scribble" if self.scribble else soft)


@invocation("lineart_edge_detection", title="Lineart Edge Detection", category="controlnet", version="1.0.0")
class LineartEdgeDetectionInvocation(PictureNode):
    """Lines as somebody would draw them."""

    image: ImageField = InputField(description=_THE_PICTURE)
    coarse: bool = InputField(default=False, description="Whether to leave out details")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "lineart_coarse" if self.coarse else "lineart")


@invocation(
    "lineart_anime_edge_detection",
    title="Lineart Anime Edge Detection",
    category="controlnet",
    version="1.0.0",
)
class LineartAnimeEdgeDetectionInvocation(PictureNode):
    """Lines of drawn pictures."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "lineart_anime")


@invocation("mlsd_detection", title="MLSD Detection", category="controlnet", version="1.0.0")
class MLSDDetectionInvocation(PictureNode):
    """Straight lines."""

    image: ImageField = InputField(description=_THE_PICTURE)
    score_threshold: float = InputField(default=0.1, ge=0, description="How sure a line must be")
    distance_threshold: float = InputField(default=20.0, ge=0, description="How long a line must be")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "mlsd", a=self.score_threshold, b=self.distance_threshold)


@invocation(
    "depth_anything_depth_estimation", title="Depth Anything Depth", category="controlnet", version="1.0.0"
)
class DepthAnythingDepthEstimationInvocation(PictureNode):
    """A depth map: near things are bright."""

    image: ImageField = InputField(description=_THE_PICTURE)
    model_size: DEPTH_ANYTHING_MODEL_SIZES = InputField(
        default="small_v2", description="The release; which size it has is the file's"
    )

    def invoke(self, context: InvocationContext) -> ImageOutput:
        second = self.model_size == "small_v2"
        return mapped(context, self.image, "depth_anything_v2" if second else "depth_anything")


@invocation("dw_openpose_detection", title="DW Openpose Detection", category="controlnet", version="1.1.1")
class DWOpenposeDetectionInvocation(PictureNode):
    """Poses of people by DWPose."""

    image: ImageField = InputField(description=_THE_PICTURE)
    draw_body: bool = InputField(default=True, description="Whether to draw bodies")
    draw_face: bool = InputField(default=False, description="Whether to draw faces")
    draw_hands: bool = InputField(default=False, description="Whether to draw hands")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.controlnet.plugin import draw_people

        made = draw_people(
            context.images.get_pil(self.image.image_name, mode="RGB"),
            context.services.work.services,
            body=self.draw_body,
            hands=self.draw_hands,
            face=self.draw_face,
        )
        return saved(context, made)


@invocation("mediapipe_face_detection", title="MediaPipe Face", category="controlnet", version="1.0.0")
class MediaPipeFaceDetectionInvocation(PictureNode):
    """Meshes of faces by MediaPipe."""

    image: ImageField = InputField(description=_THE_PICTURE)
    max_faces: int = InputField(default=1, ge=1, description="How many at most")
    min_confidence: float = InputField(default=0.5, ge=0, le=1, description="How sure one must be")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "mediapipe_face", a=self.max_faces, b=self.min_confidence)


@invocation("normal_map", title="Normal Map", category="controlnet", version="1.0.0")
class NormalMapInvocation(PictureNode):
    """Directions of surfaces as colours."""

    image: ImageField = InputField(description=_THE_PICTURE)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        return mapped(context, self.image, "normal_bae")


@invocation("content_shuffle", title="Content Shuffle", category="controlnet", version="1.0.0")
class ContentShuffleInvocation(PictureNode):
    """The picture's colours, moved about."""

    image: ImageField = InputField(description=_THE_PICTURE)
    scale_factor: int = InputField(default=256, ge=1, le=4096, description="Pixels that move together")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        import numpy as np

        from extensions.controlnet.plugin import shuffle

        image = np.array(context.images.get_pil(self.image.image_name, mode="RGB"))
        random = context.services.work.services.random
        return saved(context, PIL.Image.fromarray(shuffle(image, random, self.scale_factor)))


@invocation("color_map", title="Color Map", category="controlnet", version="1.0.0")
class ColorMapInvocation(PictureNode):
    """The picture as tiles of one colour each."""

    image: ImageField = InputField(description=_THE_PICTURE)
    tile_size: int = InputField(default=64, ge=1, description=FieldDescriptions.tile_size)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        image = context.images.get_pil(self.image.image_name, mode="RGB")
        tiles = (max(image.width // self.tile_size, 1), max(image.height // self.tile_size, 1))
        small = image.resize(tiles, PIL.Image.Resampling.BICUBIC)
        return saved(context, small.resize(image.size, PIL.Image.Resampling.NEAREST))
