"""One value of a request, read by its parameter's row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from extensions.swarmui.models.choices import Choices, bare
from extensions.swarmui.parameters.parameter import Parameter, ParameterKind
from pipelines.plugin import InvalidRequest

ParameterValue: TypeAlias = str | int | float | bool | tuple[str, ...]

MANY = "\n|||\n"
"""Separator of a list's entries in which commas may stand."""
LEAST_PICTURE = 10
"""Least characters of a picture in base64."""
FEW = 10
"""Choices up to which an error names them all."""
_SKIPPED = re.compile(r"[\s\[\]]")
_INTEGER = re.compile(r"[+-]?\d{1,19}(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")


def refuse(parameter: Parameter, why: str) -> InvalidRequest:
    """The error that names a parameter."""
    return InvalidRequest(f"Invalid value for parameter {parameter.name}: {why}")


def text_of(value: object) -> str:
    """Return the text that a JSON value stands for; lists are joined."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        items: list[object] = value
        return MANY.join(map(text_of, items))
    return str(value)


def read_value(parameter: Parameter, value: object, found: Choices) -> ParameterValue | None:
    """Read a value in its parameter's type; None where it counts as not given. Raises InvalidRequest."""
    if not _is_flat(value):
        raise refuse(parameter, "an object is no value")
    text = text_of(value)
    if not text.isascii():
        _check_text(parameter, text)
    if parameter.ignore is not None and text == parameter.ignore:
        return None
    return READERS[parameter.kind](parameter, text, found)


def _is_flat(value: object) -> bool:
    """True for a scalar or a list of scalars."""
    if isinstance(value, list):
        items: list[object] = value
        return not any(isinstance(item, list | dict) for item in items)
    return not isinstance(value, dict)


def _check_text(parameter: Parameter, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse(parameter, "it is no text that can be written") from None


def _text(parameter: Parameter, text: str, found: Choices) -> str:
    return text


def _integer(parameter: Parameter, text: str, found: Choices) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise refuse(parameter, f"'{_short(text)}' must be a valid integer")
    number = int(text.strip().partition(".")[0])
    _check_range(parameter, number, text)
    return number


def _decimal(parameter: Parameter, text: str, found: Choices) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise refuse(parameter, f"'{_short(text)}' must be a valid decimal number")
    number = float(text)
    _check_range(parameter, number, text)
    return number


def _check_range(parameter: Parameter, number: float, text: str) -> None:
    low, high = parameter.low, parameter.high
    if (low or high) and not low <= number <= high:
        raise refuse(parameter, f"'{_short(text)}' must be between {as_written(low)} and {as_written(high)}")


def as_written(number: float) -> str:
    """A number as people write it: whole ones without a fraction or an exponent."""
    return str(int(number)) if float(number).is_integer() else f"{number:g}"


def _boolean(parameter: Parameter, text: str, found: Choices) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false", "1", "0"):
        raise refuse(parameter, f"'{_short(text)}' must be exactly 'true' or 'false'")
    return word in ("true", "1")


def _dropdown(parameter: Parameter, text: str, found: Choices) -> str:
    choices = parameter.choices(found) or ()
    chosen = closest(text, choices)
    if chosen is None:
        raise refuse(parameter, f"'{_short(text)}' must be one of: `{'`, `'.join(choices)}`")
    return chosen


def _image(parameter: Parameter, text: str, found: Choices) -> str | None:
    if not text.strip():
        return None
    if len(text) < LEAST_PICTURE:
        raise refuse(parameter, "it must be a valid base64 string, and is too short for one")
    return text


def _images(parameter: Parameter, text: str, found: Choices) -> tuple[str, ...] | None:
    given = [part for part in text.split("|") if part.strip()]
    for part in given:
        _image(parameter, part, found)
    return tuple(given) or None


def _model(parameter: Parameter, text: str, found: Choices) -> str | None:
    if not text.strip():
        return None
    chosen = closest_model(text, parameter.choices(found) or ())
    if chosen is None:
        raise refuse(parameter, f"'{_short(text)}': are you sure that model name is correct?")
    return chosen


def _list(parameter: Parameter, text: str, found: Choices) -> tuple[str, ...] | None:
    parts = [part.strip() for part in text.split("|||" if "|||" in text else ",")]
    given = [part for part in parts if part]
    choices = parameter.choices(found)
    if choices is None:
        return tuple(given) or None
    chosen = [closest(part, choices) or closest_model(part, choices) for part in given]
    for part, name in zip(given, chosen, strict=True):
        if name is None:
            few = f"must be one of: `{'`, `'.join(choices)}`" if len(choices) < FEW else "does not exist"
            raise refuse(parameter, f"'{_short(part)}' {few}")
    return tuple(name for name in chosen if name is not None) or None


READERS: Mapping[ParameterKind, Callable[[Parameter, str, Choices], Any]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "dropdown": _dropdown,
    "image": _image,
    "image_list": _images,
    "model": _model,
    "list": _list,
}


def closest(text: str, choices: Sequence[str]) -> str | None:
    """Return the choice equal but for case, blanks and brackets, else the shortest that contains the text."""
    wanted = _SKIPPED.sub("", text).lower()
    if not wanted:
        return None
    plain = {_SKIPPED.sub("", choice).lower(): choice for choice in reversed(choices)}
    if wanted in plain:
        return plain[wanted]
    return min((plain[name] for name in plain if wanted in name), key=len, default=None)


def closest_model(text: str, names: Sequence[str]) -> str | None:
    """The model that is meant, with its suffix or without, whatever the slashes and the letter case."""
    return closest(bare(text.replace("\\", "/").strip("/")), names)


def _short(text: str) -> str:
    """Cut a value to the 60 characters that an error shows."""
    return text if len(text) <= 60 else f"{text[:57]}..."
