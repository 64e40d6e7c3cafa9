"""The bodies that ask for masks: of a picture, and of things in it that are drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, BeforeValidator, Field

from extensions.fooocus.bodies.advanced import GrowField, ShareField
from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.fields import Given, MethodChoice, NeededPicture, enum_of, one_of
from extensions.fooocus.bodies.ranges import Within
from extensions.fooocus.bodies.texts import parsed
from extensions.fooocus.masking import SAM
from pipelines.plugin import CLOTH_CLASSES, SALIENCY_MODELS, SAM_FILES
from sdapi.plugin import Bool, Int, Str

MOST_ENTRIES = 3
ENTRIES = "enhance_ctrlnets"
BEFORE, AFTER = "Before First Enhancement", "After Last Enhancement"
ORIGINAL, LAST = "Original Prompts", "Last Filled Enhancement Prompts"
MODELS = (*SALIENCY_MODELS, SAM)


_DETECTIONS = "how many of the things that the words name are taken, surest first; 0: up to 100"
Detections: TypeAlias = Annotated[Int, Within(0, 10), Field(description=_DETECTIONS)]
Model: TypeAlias = Annotated[str, one_of(MODELS), enum_of(MODELS)]
Cloth: TypeAlias = Annotated[str, one_of([*CLOTH_CLASSES]), enum_of([*CLOTH_CLASSES])]
SamSize: TypeAlias = Annotated[str, one_of([*SAM_FILES]), enum_of([*SAM_FILES])]
Order: TypeAlias = Annotated[str, one_of((BEFORE, AFTER)), enum_of((BEFORE, AFTER))]
PromptsChoice: TypeAlias = Annotated[str, one_of((ORIGINAL, LAST)), enum_of((ORIGINAL, LAST))]


class MaskOfPicture(Given):
    """A mask of what stands out in a picture, or of what words name."""

    image: NeededPicture
    mask_model: Model = "isnet-general-use"
    cloth_category: Cloth = "full"
    dino_prompt_text: Str = ""
    sam_model: SamSize = "vit_b"
    box_threshold: ShareField = 0.3
    text_threshold: ShareField = 0.25
    sam_max_detections: Detections = 0
    dino_erode_or_dilate: GrowField = 0
    dino_debug: Bool = False


class EnhanceEntry(Given):
    """A thing to find in the picture, and what to make of it."""

    enhance_enabled: Bool = False
    enhance_mask_dino_prompt_text: Str = Field(
        default="face",
        validation_alias=AliasChoices("enhance_mask_dino_prompt_text", "enhance_mask_dino_prompt"),
    )
    enhance_prompt: Str = ""
    enhance_negative_prompt: Str = ""
    enhance_mask_model: Model = SAM
    enhance_mask_cloth_category: Cloth = "full"
    enhance_mask_sam_model: SamSize = "vit_b"
    enhance_mask_text_threshold: ShareField = 0.25
    enhance_mask_box_threshold: ShareField = 0.3
    enhance_mask_sam_max_detections: Detections = 0
    enhance_inpaint_disable_initial_latent: Bool = False
    enhance_inpaint_engine: Str = "v2.6"
    enhance_inpaint_strength: ShareField = 1.0
    enhance_inpaint_respective_field: ShareField = 0.618
    enhance_inpaint_erode_or_dilate: GrowField = 0
    enhance_mask_invert: Bool = False


def _whole(value: object) -> object:
    return value if isinstance(value, dict) else {}


class Enhance(TextToImage):
    """Draw a picture again, and then single things in it."""

    enhance_input_image: NeededPicture
    enhance_checkbox: Bool = True
    enhance_uov_method: MethodChoice = "Vary (Strong)"
    enhance_uov_processing_order: Order = BEFORE
    enhance_uov_prompt_type: PromptsChoice = ORIGINAL
    enhance_ctrlnets: list[Annotated[EnhanceEntry, BeforeValidator(_whole)]] = Field(
        default_factory=list[EnhanceEntry]
    )


def form_entries(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A form's ``enhance_enabled_1`` and so on as the list of JSON, unless it brings that list."""
    given = dict(fields)
    if isinstance(given.get(ENTRIES), str):
        given[ENTRIES] = parsed(given[ENTRIES])
    if isinstance(given.get(ENTRIES), list):
        return given
    entries = [
        {name: fields[f"{name}_{number}"] for name in _entry_names() if f"{name}_{number}" in fields}
        for number in range(1, MOST_ENTRIES + 1)
    ]
    return {**given, ENTRIES: [entry for entry in entries if entry]}


def _entry_names() -> tuple[str, ...]:
    return (*EnhanceEntry.model_fields, "enhance_mask_dino_prompt")
