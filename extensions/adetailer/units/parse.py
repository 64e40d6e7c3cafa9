"""Read units from requests, in every spelling that clients send; odd values get a warning."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from extensions.adetailer.units.unit import DetailUnit, KeepBy, MaskMerge

PREFIX = "ad_"
PLACE = "always_on.adetailer.args"
OLD_NAMES = {"ad_mask_k_largest": "ad_mask_k"}
RANGES: Mapping[str, tuple[float, float]] = {
    "confidence": (0.0, 1.0),
    "mask_k": (0, 10_000),
    "mask_min_ratio": (0.0, 1.0),
    "mask_max_ratio": (0.0, 1.0),
    "dilate_erode": (-1024, 1024),
    "x_offset": (-16384, 16384),
    "y_offset": (-16384, 16384),
    "mask_blur": (0, 1024),
    "denoising_strength": (0.0, 1.0),
    "inpaint_only_masked_padding": (0, 16384),
    "noise_multiplier": (0.0, 10.0),
    "clip_skip": (1, 12),
    "controlnet_weight": (0.0, 2.0),
    "controlnet_guidance_start": (0.0, 1.0),
    "controlnet_guidance_end": (0.0, 1.0),
}
"""Numbers beyond these are clamped, with a warning; steps and sizes have the server's own limits."""
TRUE = frozenset({"true", "t", "yes", "y", "on", "1", "1.0"})
FALSE = frozenset({"false", "f", "no", "n", "off", "0", "0.0", "", "none", "null"})
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailArguments:
    """The script's arguments. ``skip_img2img``: repaint the picture that img2img begins with."""

    skip_img2img: bool = False
    units: tuple[DetailUnit, ...] = ()


def read_arguments(args: Sequence[Any], warn: Warn) -> DetailArguments:
    """Read up to two truth values, then units, which are on where no value comes before them."""
    flags: list[bool] = []
    while len(flags) < min(2, len(args)) and not isinstance(args[len(flags)], Mapping):
        flags.append(_flag(args[len(flags)]) is True)
    if not args or flags[:1] == [False]:
        return DetailArguments()
    units: list[DetailUnit] = []
    for index, item in enumerate(args[len(flags) :], len(flags)):
        if isinstance(item, Mapping):
            units.append(read_unit(item, f"{PLACE}.{index}", warn))
        elif item not in (None, "", False):
            warn(f"{PLACE}.{index} is no ADetailer unit and was ignored")
    wanted = tuple(unit for unit in units if unit.tab_enable and unit.model not in ("", "None"))
    return DetailArguments(skip_img2img=flags[1:] == [True], units=wanted)


def read_unit(values: Mapping[Any, Any], place: str, warn: Warn) -> DetailUnit:
    """Read one unit; a value that can't be read is the default, with a warning."""
    given = {OLD_NAMES.get(str(key), str(key)): value for key, value in values.items()}
    own = {item.name if item.name == "is_api" else PREFIX + item.name: item for item in fields(DetailUnit)}
    unknown = sorted(key for key in given if key not in own or key == "ad_place")
    if unknown:
        warn(f"{place}: unknown fields were ignored: {', '.join(unknown)}"[:400])
    found: dict[str, Any] = {}
    for key, item in own.items():
        if item.default is MISSING or given.get(key) is None:
            continue
        try:
            found[item.name] = _read(item.name, given[key], item.default, f"{place}.{key}", warn)
        except (TypeError, ValueError, OverflowError):
            shown = ascii(given[key])[:60]
            warn(f"{place}.{key}: {shown} can't be read; {_plain(item.default)} was used")
    return DetailUnit(place=place, **found)


def _plain(value: object) -> str:
    return ascii(value.value if isinstance(value, StrEnum) else value)


def _read(name: str, value: Any, default: object, place: str, warn: Warn) -> Any:
    """A value in the type of the default. Raises ValueError, TypeError."""
    if isinstance(default, bool):
        flag = _flag(value)
        if flag is None:
            raise ValueError
        return flag
    if isinstance(default, KeepBy | MaskMerge):
        return _choice(type(default), value)
    if isinstance(default, int | float):
        return _number(name, value, default, place, warn)
    if isinstance(value, Mapping | list | bool):
        raise TypeError
    return str(value).encode("utf-8", "replace").decode()


def _flag(value: Any) -> bool | None:
    """A truth value, as a word or a number too; None for what is neither."""
    text = str(value).strip().lower()
    return text in TRUE if text in TRUE | FALSE else None


def _choice(kind: type[KeepBy] | type[MaskMerge], value: Any) -> KeepBy | MaskMerge:
    wanted = str(value).strip().casefold()
    for member in kind:
        if wanted in ("", member.value.casefold()):
            return member
    raise ValueError


def _number(name: str, value: Any, default: float, place: str, warn: Warn) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    low, high = RANGES.get(name, (-(2.0**53), 2.0**53))
    if not low <= number <= high:
        number = min(max(number, low), high)
        warn(f"{place}: {value} is not within {low} and {high}; {number:g} was used")
    return round(number) if isinstance(default, int) else number
