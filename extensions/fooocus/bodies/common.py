"""The fields that every generation route takes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema

from extensions.fooocus.bodies.advanced import AdvancedParams, FooocusLora
from extensions.fooocus.bodies.fields import Given, NameList, Ratio, Seed, enum_of
from extensions.fooocus.bodies.ranges import Within
from extensions.fooocus.bodies.texts import listed, parsed
from sdapi.plugin import Bool, Float, Int, Str

STYLES = ("Fooocus V2", "Fooocus Enhance", "Fooocus Sharp")
OFFSET_LORA = "sd_xl_offset_example-lora_1.0.safetensors"
RATIO = "1152*896"


def _advanced(value: object) -> object:
    """Parse a form's JSON text; if it isn't JSON or a value is wrong, no field counts, as in the original."""
    if not isinstance(value, str):
        return value
    try:
        return AdvancedParams.model_validate(parsed(value) or {})
    except ValidationError:
        return {}


def _loras(value: object) -> object:
    """Keep a list; of the JSON list in a form's text, only objects count."""
    if isinstance(value, str):
        return [item for item in listed(value) if isinstance(item, dict)]
    return value


AdvancedField: TypeAlias = Annotated[AdvancedParams, BeforeValidator(_advanced)]
Loras: TypeAlias = Annotated[list[FooocusLora], BeforeValidator(_loras)]
Word: TypeAlias = Annotated[Str, WithJsonSchema({"type": "string"})]


EXTENSIONS = ("png", "jpg", "jpeg", "webp")
Extension: TypeAlias = Annotated[Str, enum_of(EXTENSIONS)]


def _offset() -> list[FooocusLora]:
    return [FooocusLora(model_name=OFFSET_LORA, weight=0.1)]


class TextToImage(Given):
    """A picture from words."""

    prompt: Str = ""
    negative_prompt: Str = ""
    style_selections: NameList = Field(default=[*STYLES], validate_default=False)
    performance_selection: Word = "Speed"
    aspect_ratios_selection: Ratio = RATIO
    image_number: Annotated[Int, Within(1, 32)] = 1
    image_seed: Seed = -1
    sharpness: Annotated[Float, Within(0, 30)] = 2.0
    guidance_scale: Annotated[Float, Within(1, 30)] = 4.0
    base_model_name: Str = ""
    refiner_model_name: Str = "None"
    refiner_switch: Annotated[Float, Within(0.1, 1)] = 0.5
    loras: Loras = Field(default_factory=_offset)
    advanced_params: AdvancedField = Field(default_factory=AdvancedParams)
    save_meta: Bool = True
    meta_scheme: Word = "fooocus"
    save_extension: Extension = "png"
    save_name: Str = ""
    read_wildcards_in_order: Bool = False
    require_base64: Bool = False
    async_process: Bool = False
    webhook_url: Str = ""
