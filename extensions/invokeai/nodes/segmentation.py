"""Nodes that find what words name in a picture, and mask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.point_values import SAMPointsField
from extensions.invokeai.fields.values import BoundingBoxField, ImageField, TensorField
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.outputs.plain import BoundingBoxCollectionOutput
from extensions.invokeai.outputs.stored import MaskOutput

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

GroundingDinoModelKey = Literal["grounding-dino-tiny", "grounding-dino-base"]
SegmentAnythingModelKey = Literal[
    "segment-anything-base",
    "segment-anything-large",
    "segment-anything-huge",
    "segment-anything-2-tiny",
    "segment-anything-2-small",
    "segment-anything-2-base",
    "segment-anything-2-large",
]
UNLIKE_LENGTHS = "If both point_lists and bounding_boxes are provided, they must have the same length."


@invocation(
    "grounding_dino",
    title="Grounding DINO (Text Prompt Object Detection)",
    tags=["prompt", "object detection"],
    category="segmentation",
    version="1.0.0",
)
class GroundingDinoInvocation(BaseInvocation):
    """Boxes around what a prompt names; the network's folder must be here."""

    model: GroundingDinoModelKey = InputField(description="The network; which size it has is the folder's")
    prompt: str = InputField(description="What is looked for")
    image: ImageField = InputField(description="The picture")
    detection_threshold: float = InputField(default=0.3, ge=0.0, le=1.0, description="How sure a box must be")

    def invoke(self, context: InvocationContext) -> BoundingBoxCollectionOutput:
        from extensions.invokeai.drawing.segmentation import named_boxes

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        found = named_boxes(context, image, self.prompt, self.detection_threshold)
        return BoundingBoxCollectionOutput(collection=found)


@invocation(
    "segment_anything",
    title="Segment Anything",
    tags=["prompt", "segmentation", "sam"],
    category="segmentation",
    version="1.3.0",
)
class SegmentAnythingInvocation(BaseInvocation):
    """A mask of what is meant by boxes and points; the network's file must be here."""

    model: SegmentAnythingModelKey = InputField(description="The network")
    image: ImageField = InputField(description="The picture")
    bounding_boxes: list[BoundingBoxField] | None = InputField(
        default=None, description="A box around each thing"
    )
    point_lists: list[SAMPointsField] | None = InputField(default=None, description="Points for each thing")
    apply_polygon_refinement: bool = InputField(
        default=True, description="Whether each mask becomes its largest piece without holes"
    )
    mask_filter: Literal["all", "largest", "highest_box_score"] = InputField(
        default="all", description="Which of the things count"
    )

    @model_validator(mode="after")
    def _of_one_length(self) -> Self:
        given = self.point_lists, self.bounding_boxes
        if None not in given and len({len(one or ()) for one in given}) > 1:
            raise ValueError(UNLIKE_LENGTHS)
        return self

    def invoke(self, context: InvocationContext) -> MaskOutput:
        from extensions.invokeai.drawing.segmentation import meant_mask

        image = context.images.get_pil(self.image.image_name, mode="RGB")
        mask = meant_mask(
            context,
            image,
            self.model,
            boxes=self.bounding_boxes or [],
            points=self.point_lists or [],
            outline=self.apply_polygon_refinement,
            which=self.mask_filter,
        )
        name = context.tensors.save(mask)
        return MaskOutput(mask=TensorField(tensor_name=name), width=image.width, height=image.height)
