"""Convert a sent option value to its option's type, or raise an error that names the key."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from pydantic_core import PydanticCustomError

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.option_ranges import check_option, check_range
from pipelines.contract.options import GenerationOptions, OutputOptions
from sdapi.http.lax import is_encodable, to_bool, to_float, to_str
from sdapi.options.table import Option

CHOICES: Mapping[str, frozenset[str]] = {
    "samples_format": frozenset({"png", "jpg", "jpeg", "webp", "avif"}),
    "grid_format": frozenset({"png", "jpg", "jpeg", "webp", "avif", "gif"}),
    "live_previews_image_format": frozenset({"png", "jpg", "jpeg", "webp"}),
}
"""Other values make a job fail in ways that name no cause, so they are refused early."""

WHOLE = frozenset(
    f.name for view in (GenerationOptions, OutputOptions) for f in fields(view) if f.type == "int"
)
"""Options that engines take as integers; floats are truncated."""


def coerce(option: Option, value: Any) -> Any:
    """The value in the option's type; None means the default. Raises InvalidRequest that names the key."""
    if value is None:
        return None
    try:
        result = _converter(option)(value)
    except PydanticCustomError as error:
        raise InvalidRequest(error.message(), field=option.key) from None
    check_option(option.key, result)
    check_range(result, option.bounds, field=option.key)
    _check_choice(option.key, result)
    return result


def _converter(option: Option) -> Callable[[Any], Any]:
    default = option.default
    if isinstance(default, bool):
        return to_bool
    if option.whole or option.key in WHOLE:
        return lambda value: int(to_float(value))
    if isinstance(default, int | float):
        return _number
    if isinstance(default, str):
        return to_str
    return _strings if isinstance(default, list) else _scalar


def _number(value: Any) -> int | float:
    number = to_float(value)
    return int(number) if number.is_integer() and isinstance(value, int) else number


def _strings(value: Any) -> list[str]:
    items = [value] if isinstance(value, str) and value else value or []
    if not isinstance(items, list):
        raise PydanticCustomError("type_error.list", "value is not a valid list")
    return [to_str(item) for item in items]  # pyright: ignore[reportUnknownVariableType]


def _scalar(value: Any) -> Any:
    if isinstance(value, str) and is_encodable(value):
        return value
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise PydanticCustomError("type_error.str", "str type expected")


def _check_choice(key: str, value: Any) -> None:
    if key in CHOICES and str(value).lower() not in CHOICES[key]:
        raise InvalidRequest("Invalid image format", field=key)
