"""File names of pictures, from a form such as `raw/[year]-[month]-[day]/[hour][minute]-[prompt]-[seed]`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from extensions.swarmui.history.places import relative
from pipelines.plugin import fit_folders

FORM = "raw/[year]-[month]-[day]/[hour][minute]-[prompt]-[model]-[seed]"
LONGEST = 40
"""Characters of one filled part."""
_KEY = re.compile(r"\[([a-zA-Z_ ]{1,60})\]")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*.\ud800-\udfff]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """Facts of a picture that a form can name. ``values``: the request's parameters by id."""

    values: Mapping[str, Any]
    seed: int
    number: int
    user: str
    size: tuple[int, int] = (0, 0)
    request: str = ""
    moment: datetime = field(default_factory=datetime.now)


def fill_form(form: str, parts: NameParts, *, longest: int = LONGEST) -> str:
    """Return the relative path without its suffix; unknown keys stay as they are."""

    def filled(found: re.Match[str]) -> str:
        value = _value(found[1].lower(), parts)
        return found[0] if value is None else _fit(value, longest)

    return _KEY.sub(filled, form)


def place_for(root: Path, form: str, parts: NameParts, *, longest: int = LONGEST) -> Path:
    """The path below ``root`` without its suffix, each name fit for the disk, none leading up."""
    text = fill_form(form or FORM, parts, longest=longest)
    names = "/".join(_safe(name) for name in text.replace("\\", "/").split("/"))
    return fit_folders(relative(names.replace("..", "_")) or "picture", root)


def _safe(name: str) -> str:
    name = name.strip(" ")
    return f"{name}_" if _DEVICES.fullmatch(name) else name


def _fit(value: str, longest: int) -> str:
    return _FORBIDDEN.sub("", value[:longest]).strip()


def _value(key: str, parts: NameParts) -> str | None:
    """Return the text that a key stands for; None for an unknown key."""
    own = _OWN.get(key)
    if own is not None:
        return own(parts)
    name = key.replace("_", "").replace(" ", "")
    value = parts.values.get(name)
    return None if value is None else str(value)


def _digest(text: object) -> str:
    return hashlib.sha256(str(text).encode("utf-8", "replace")).hexdigest()[:16]


def _model(parts: NameParts) -> str:
    return str(parts.values.get("model", "unknown"))


_OWN: Mapping[str, Any] = {
    "year": lambda p: f"{p.moment.year:04}",
    "month": lambda p: f"{p.moment.month:02}",
    "month_name": lambda p: p.moment.strftime("%B"),
    "day": lambda p: f"{p.moment.day:02}",
    "day_name": lambda p: p.moment.strftime("%A"),
    "hour": lambda p: f"{p.moment.hour:02}",
    "minute": lambda p: f"{p.moment.minute:02}",
    "second": lambda p: f"{p.moment.second:02}",
    "millisecond": lambda p: f"{p.moment.microsecond // 1000:03}",
    "request_time_inc": lambda p: f"{p.number:02}",
    "prompt": lambda p: str(p.values.get("prompt", "")),
    "negative_prompt": lambda p: str(p.values.get("negativeprompt", "")),
    "prompthash": lambda p: _digest(p.values.get("prompt", "")),
    "negativeprompthash": lambda p: _digest(p.values.get("negativeprompt", "")),
    "seed": lambda p: str(p.seed),
    "width": lambda p: str(p.size[0]),
    "height": lambda p: str(p.size[1]),
    "model": lambda p: _model(p).rpartition("/")[2],
    "model_title": lambda p: _model(p).rpartition("/")[2],
    "loras": lambda p: "-".join(map(str, p.values.get("loras", ()))),
    "user_name": lambda p: p.user,
    "batch_id": lambda p: str(p.number),
    "number": lambda p: f"{p.number + 1}",
    "request_id": lambda p: p.request,
}
"""Keys that are not parameters, or mean something else than the parameter's value."""
