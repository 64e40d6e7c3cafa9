"""The bodies that bring pictures: vary and upscale, inpaint and outpaint, image prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.fields import (
    ControlChoice,
    Given,
    MethodChoice,
    NeededPicture,
    PictureField,
    Sides,
)
from extensions.fooocus.bodies.ranges import Within
from sdapi.plugin import Float, Int, Str

MOST_PROMPTS = 4
_Weight = Annotated[Float, Within(0, 2)]
_Stop = Annotated[Float, Within(0, 1)]


class PicturePrompt(Given):
    """A picture in place of words, or as a map; a 0 stands for the usual value of its type."""

    cn_img: PictureField = None
    cn_stop: _Stop = 0
    cn_weight: _Weight = 0
    cn_type: ControlChoice = "ImagePrompt"


class UpscaleOrVary(TextToImage):
    """Draw a picture again, or larger."""

    input_image: NeededPicture
    uov_method: MethodChoice = "Upscale (2x)"
    upscale_value: Annotated[Float, Within(1, 5)] = 1.0
    image_prompts: list[PicturePrompt] = Field(default_factory=list[PicturePrompt])


class FormUpscaleOrVary(UpscaleOrVary):
    """The same as a form, which has to name the method."""

    uov_method: MethodChoice = Field()


class InpaintOrOutpaint(TextToImage):
    """Repaint a part of a picture, or what lies beside it."""

    input_image: PictureField = None
    input_mask: PictureField = None
    inpaint_additional_prompt: Str = ""
    outpaint_selections: Sides = Field(default_factory=list[str])
    outpaint_distance_left: Int = 0
    outpaint_distance_right: Int = 0
    outpaint_distance_top: Int = 0
    outpaint_distance_bottom: Int = 0
    image_prompts: list[PicturePrompt] = Field(default_factory=list[PicturePrompt])


class WithImagePrompts(InpaintOrOutpaint):
    """Image prompts, or what ``InpaintOrOutpaint`` does."""

    image_prompts: list[PicturePrompt] = Field()


class TextWithImagePrompts(TextToImage):
    """Words with image prompts."""

    image_prompts: list[PicturePrompt] = Field(default_factory=list[PicturePrompt])


def form_prompts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form's ``cn_img1`` and so on as the list of JSON; its field of that name is not read."""
    prompts = [
        {
            key: fields.get(f"{key}{number}")
            for key in ("cn_img", "cn_stop", "cn_weight", "cn_type")
            if fields.get(f"{key}{number}") is not None
        }
        for number in range(1, MOST_PROMPTS + 1)
    ]
    rest = {name: value for name, value in fields.items() if name != "image_prompts"}
    return {**rest, "image_prompts": [prompt for prompt in prompts if prompt.get("cn_img") is not None]}
