"""Types of fields, which take what clients send for them: numbers as text, names in any letter case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from extensions.fooocus.bodies.texts import NO_PICTURE, choice, listed

PERFORMANCES = ("Speed", "Quality", "Extreme Speed", "Lightning", "Hyper-SD")
METHODS = (
    *("Disabled", "Vary (Subtle)", "Vary (Strong)"),
    *("Upscale (1.5x)", "Upscale (2x)", "Upscale (Fast 2x)", "Upscale (Custom)"),
)
SIDES = ("Left", "Right", "Top", "Bottom")
RATIOS = r"^(1[0-9]{3}|[1-9][0-9]{2})\*(1[0-9]{3}|[1-9][0-9]{2})$"
"""Widths and heights that make sense; others are taken as far as the server's limits go."""
CONTROLS = ("ImagePrompt", "FaceSwap", "PyraCanny", "CPDS")


class Given(BaseModel):
    """A body in which a null counts as left out, and unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=(), defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def without_nulls(cls, value: Any) -> Any:
        """Leave out fields that are null."""
        if not isinstance(value, dict):
            return value
        fields: dict[str, Any] = value
        return {name: item for name, item in fields.items() if item is not None}


def one_of(names: Sequence[str]) -> BeforeValidator:
    """Accept one of these names, however its case, blanks and hyphens are spelled."""

    def choose(value: object) -> object:
        found = choice(value, names)
        if found is None:
            raise ValueError(f"must be one of {', '.join(names)}")
        return found

    return BeforeValidator(choose)


def enum_of(names: Sequence[str]) -> WithJsonSchema:
    """The schema of such a name for the OpenAPI document."""
    return WithJsonSchema({"type": "string", "enum": [*names]})


def _text_schema(*examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "example": examples[0]} if examples else {"type": "string"})


def _picture(value: object) -> object:
    """Accept bytes or text; an empty text, or a word for nothing, is None."""
    if value == "" or (isinstance(value, str) and value.strip().lower() in NO_PICTURE):
        return None
    if isinstance(value, str | bytes):
        return value
    raise ValueError("must be a picture: base64, a data URL, or a link")


def _needed(value: object) -> object:
    """Accept a picture, and refuse None."""
    picture = _picture(value)
    if picture is None:
        raise ValueError("must be a picture: base64, a data URL, or a link")
    return picture


def _sides(value: object) -> list[str]:
    found = [choice(item, SIDES) for item in listed(value)]
    if None in found:
        raise ValueError(f"must be of {', '.join(SIDES)}")
    return [side for side in found if side is not None]


def _names(value: object) -> list[str]:
    return [item for item in listed(value) if isinstance(item, str)]


def _seed(value: object) -> int:
    """Return a seed; whatever isn't one becomes -1, which asks for a random one."""
    try:
        number = int(value) if isinstance(value, int | float | str) else -1
    except (ValueError, OverflowError):
        return -1
    return number if 0 <= number < 2**63 else -1


def sides_of(text: str) -> tuple[int, int] | None:
    """Width and height that a text such as ``1152×896`` begins with."""
    numbers = re.findall(r"\d{1,6}", text)
    return (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 else None


def _ratio(value: object) -> object:
    if isinstance(value, str) and sides_of(value) is None:
        raise ValueError("must be a width and a height, as 1152*896")
    return value


PictureField: TypeAlias = Annotated[str | bytes | None, BeforeValidator(_picture), _text_schema()]
NeededPicture: TypeAlias = Annotated[str | bytes, BeforeValidator(_needed), _text_schema()]
MethodChoice: TypeAlias = Annotated[str, one_of(METHODS), enum_of(METHODS)]
ControlChoice: TypeAlias = Annotated[str, one_of(CONTROLS), enum_of(CONTROLS)]
Sides: TypeAlias = Annotated[
    list[str],
    BeforeValidator(_sides),
    WithJsonSchema({"type": "array", "items": {"type": "string", "enum": [*SIDES]}}),
]
NameList: TypeAlias = Annotated[
    list[str], BeforeValidator(_names), WithJsonSchema({"description": "A list, or text with commas."})
]
Seed: TypeAlias = Annotated[
    int, BeforeValidator(_seed), WithJsonSchema({"description": "A number; all else is random."})
]
Ratio: TypeAlias = Annotated[
    str,
    BeforeValidator(_ratio),
    WithJsonSchema({"type": "string", "pattern": RATIOS, "example": "1152*896"}),
]
