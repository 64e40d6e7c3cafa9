"""Read a flat JSON object as a request: parameters in their types, presets, extra metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.labels import SCHEDULER_OF, split_label
from extensions.swarmui.parameters.table import TABLE
from extensions.swarmui.parameters.values import ParameterValue, read_value
from extensions.swarmui.words.names import clean
from pipelines.plugin import InvalidRequest

NOT_PARAMETERS = frozenset(
    {"sessionid", "presets", "extrametadata", "rawinput", "image", "priority", "webhook", "keepalive"}
)
"""Fields of a body that are not parameters; every route of the server takes the last three."""
VIDEO = ("video", "textvideo")
"""Beginnings of the names of parameters about videos."""
PROMPT, NEGATIVE, BEFORE = "prompt", "negativeprompt", "{value}"
"""The two prompts, and the mark in a preset's prompt that the earlier text replaces."""
MOST_CHARACTERS = 200_000
_SECTION = re.compile(r"<(?:segment|object|region):", re.IGNORECASE)
DEEPEST = 3
"""Levels of rawInput in rawInput that are read."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmRequest:
    """Values by id, as far as they are given. ``extra`` goes into the metadata as it is."""

    values: Mapping[str, ParameterValue]
    presets: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    warnings: tuple[str, ...] = ()

    def get(self, name: str, default: T) -> T:
        """Return a value, or the default where it isn't given; its type is that of the parameter's kind."""
        value: Any = self.values.get(name)
        return default if value is None else value

    def has(self, name: str) -> bool:
        """True if the parameter is given."""
        return name in self.values


Presets = Callable[[str], Mapping[str, Any] | None]
"""A function from a preset's title to its parameters; None without one."""


def flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a body's ``rawInput`` over the body; some clients send it as SwarmUI's documentation shows it."""
    merged, inner = dict(body), body.get("rawInput")
    for _ in range(DEEPEST):
        if not isinstance(inner, Mapping):
            break
        merged.pop("rawInput", None)
        merged.update(inner)
        inner = inner.get("rawInput")
    merged.pop("rawInput", None)
    return merged


def read_request(body: Mapping[str, Any], found: Choices, presets: Presets) -> SwarmRequest:
    """Read every parameter; null counts as not given, unknown names get a warning. Raises InvalidRequest."""
    reader = _Reader(found)
    named = _texts(body.get("presets"))
    reader.take(body)
    used: list[str] = []
    for title in named:
        preset = presets(title)
        if preset is None:
            reader.warnings.append(f"presets: no preset is called {title!a}")
            continue
        used.append(title)
        reader.take(preset, edits=True)
    extra = body.get("extra_metadata")
    return SwarmRequest(
        values=reader.values,
        presets=tuple(used),
        extra=_facts(extra) if isinstance(extra, Mapping) else {},
        warnings=tuple(reader.warnings),
    )


@dataclass(slots=True)
class _Reader:
    found: Choices
    values: dict[str, ParameterValue] = field(default_factory=dict[str, ParameterValue])
    warnings: list[str] = field(default_factory=list[str])

    def take(self, given: Mapping[str, Any], *, edits: bool = False) -> None:
        """Read an object over what was read before; a prompt that ``edits`` may keep the earlier text."""
        for key, value in given.items():
            name = clean(key)
            if value is None or name in NOT_PARAMETERS:
                continue
            parameter = TABLE.get(name)
            if parameter is None:
                self.warnings.append(f"{key[:60]!a} {_why_ignored(name)}")
                continue
            text = edits and name in (PROMPT, NEGATIVE) and isinstance(value, str)
            meant = (
                edited(str(self.values.get(name, "")), value) if text else self._without_label(name, value)
            )
            read = read_value(parameter, meant, self.found)
            if read is not None:
                self.values[name] = read
            else:
                self.values.pop(name, None)

    def _without_label(self, name: str, value: object) -> object:
        """Replace A1111's label of a sampler by its name; a scheduler in it counts where none is given."""
        label = split_label(value) if name in SCHEDULER_OF and isinstance(value, str) else None
        if label is None:
            return value
        if label[1] is not None:
            self.values.setdefault(SCHEDULER_OF[name], label[1])
        return label[0]


def edited(before: str, text: str) -> str:
    """Put the earlier text in place of ``{value}`` in a preset's text; the earlier text's sections stay last.

    Raises InvalidRequest where the result gets too long.
    """
    if BEFORE not in text:
        return text
    found = _SECTION.search(before)
    end = len(before) if found is None else found.start()
    if text.count(BEFORE) * end > MOST_CHARACTERS:
        raise InvalidRequest("Invalid value for parameter Prompt: its presets come to too much text")
    return text.replace(BEFORE, before[:end].rstrip()) + before[end:]


def _why_ignored(name: str) -> str:
    if name.startswith(VIDEO):
        return "is ignored: no videos are made here, the answer is a picture"
    return "is no parameter of this server and is ignored"


def _facts(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Keep the entries that metadata can hold: scalars, and lists of them."""
    plain = str | int | float | bool

    def fits(value: object) -> bool:
        items: list[object] = value if isinstance(value, list) else [value]
        return all(isinstance(item, plain) for item in items)

    return {str(key): value for key, value in given.items() if fits(value)}


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list):
        items: list[object] = value
        return [item for item in items if isinstance(item, str)]
    return []


def count_of(body: Mapping[str, Any]) -> object:
    """Return a body's number of images as it was sent. Raises InvalidRequest where it is missing."""
    value = next((value for key, value in body.items() if clean(key) == "images"), None)
    if value is None:
        raise InvalidRequest("Missing required parameter 'images'")
    return value
