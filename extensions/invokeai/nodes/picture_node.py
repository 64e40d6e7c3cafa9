"""The base of nodes that return a picture: inputs for metadata and a board, and saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.fields.mixins import WithBoard, WithMetadata
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.nodes.limits import check_size
from extensions.invokeai.outputs.stored import ImageOutput
from extensions.invokeai.vocabulary.nodes import ImageCategory

if TYPE_CHECKING:
    from PIL.Image import Image

    from extensions.invokeai.context.context import InvocationContext


class PictureNode(BaseInvocation, WithMetadata, WithBoard):
    """A node that returns one picture."""


def saved(
    context: InvocationContext, image: Image, category: ImageCategory = ImageCategory.GENERAL
) -> ImageOutput:
    """Save a picture, and return the output that names it. Raises InvalidRequest for one too large."""
    check_size(context, *image.size)
    return ImageOutput.build(context.images.save(image=image, image_category=category))
