"""The node that blurs what isn't safe for work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.fields.declare import InputField
from extensions.invokeai.fields.values import ImageField
from extensions.invokeai.invocation.decorators import invocation
from extensions.invokeai.nodes.picture_node import PictureNode, saved
from extensions.invokeai.outputs.stored import ImageOutput

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext


@invocation("img_nsfw", title="Blur NSFW Image", tags=["image", "nsfw"], category="image", version="1.2.3")
class ImageNSFWBlurInvocation(PictureNode):
    """A picture, blurred if Stable Diffusion's safety checker objects to it; its files must be here."""

    image: ImageField = InputField(description="The picture")

    def invoke(self, context: InvocationContext) -> ImageOutput:
        from extensions.invokeai.drawing.safety import blurred_if_unsafe

        image = context.images.get_pil(self.image.image_name)
        return saved(context, blurred_if_unsafe(context, image))
