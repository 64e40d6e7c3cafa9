"""The closed choices of a unit, in every spelling that clients send."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, TypeVar

from pipelines.plugin import InvalidRequest


class ResizeMode(StrEnum):
    """The ways to fit a map to the size of the picture."""

    JUST_RESIZE = "Just Resize"
    CROP = "Crop and Resize"
    FILL = "Resize and Fill"


class ControlMode(StrEnum):
    """The balance between prompt and map."""

    BALANCED = "Balanced"
    PROMPT = "My prompt is more important"
    CONTROL = "ControlNet is more important"


class HiresOption(StrEnum):
    """The passes of hires fix in which a unit acts."""

    BOTH = "Both"
    LOW = "Low res only"
    HIGH = "High res only"


class UnionType(StrEnum):
    """The types of map that a union network was trained for, in the order of its task embeddings."""

    OPENPOSE = "OpenPose"
    DEPTH = "Depth"
    SOFT_EDGE = "Soft Edge"
    HARD_EDGE = "Hard Edge"
    NORMAL_MAP = "Normal Map"
    SEGMENTATION = "Segmentation"
    TILE = "Tile"
    INPAINT = "Inpaint"
    UNKNOWN = "Unknown"


class PulidMode(StrEnum):
    """The strictness with which PuLID keeps a face."""

    FIDELITY = "Fidelity"
    STYLE = "Extremely style"


class InputMode(StrEnum):
    """The sources of a unit's pictures: itself, a folder, or itself with one unit made of each picture."""

    SIMPLE = "simple"
    BATCH = "batch"
    MERGE = "merge"


E = TypeVar("E", bound=StrEnum)
WHOLE = re.compile(r"-?\d{1,9}(\.0*)?")

ALIASES = {
    "inner fit (scale to fit)": ResizeMode.CROP,
    "scale to fit (inner fit)": ResizeMode.CROP,
    "inner fit": ResizeMode.CROP,
    "outer fit (shrink to fit)": ResizeMode.FILL,
    "envelope (outer fit)": ResizeMode.FILL,
    "outer fit": ResizeMode.FILL,
}


def choose(kind: type[E], value: Any, *, field: str) -> E:
    """A choice by its text in any letter case, a former text, its number, or its enum's name.

    Resize modes of other numbers are the first one, as they were for the clients that sent them.
    Raises InvalidRequest that lists the choices.
    """
    members = list(kind)
    text = str(value).strip().lower()
    number = int(text.partition(".")[0]) if WHOLE.fullmatch(text) else None
    if number is not None and 0 <= number < len(members):
        return members[number]
    if number is not None and kind is ResizeMode:
        return members[0]
    alias = ALIASES.get(text)
    if isinstance(alias, kind):
        return alias
    name = text.rpartition(".")[2]
    for member in members:
        if text == member.value.lower() or _plain(name) in (_plain(member.name), _plain(member.value)):
            return member
    choices = ", ".join(repr(member.value) for member in members)
    raise InvalidRequest(f"{value!r} is not one of {choices}", field=field)


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace(" ", "").replace("resonly", "").replace("res_only", "")
