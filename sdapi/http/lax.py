"""Field types that coerce request values as pydantic 1 did, which clients of the API rely on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

INT_MIN, INT_MAX = -(2**63), 2**64 - 1
"""Bounds of a seed: anything beyond is refused rather than handed to a 64-bit generator."""

DEEPEST = 32
"""Levels of lists and objects in one field."""
TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
FALSE = frozenset({"0", "off", "f", "false", "n", "no"})


def _error(kind: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(kind, message)  # type: ignore[arg-type]


NONE_ERROR = ("type_error.none.not_allowed", "none is not an allowed value")


def to_int(value: object) -> int:
    """Integers, truncated floats, integer text and booleans."""
    number: int | None = None
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        number = int(value)
    elif isinstance(value, str):
        number = _int_of_text(value)
    if number is None or not INT_MIN <= number <= INT_MAX:
        raise _error("type_error.integer", "value is not a valid integer")
    return number


def _int_of_text(text: str) -> int | None:
    try:
        return int(text) if len(text) <= 40 else None
    except ValueError:
        return None


def to_float(value: object) -> float:
    """Finite numbers and numeric text; NaN and infinities are refused."""
    number = math.nan
    if isinstance(value, int | float | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not math.isfinite(number):
        raise _error("type_error.float", "value is not a valid float")
    return number


def to_bool(value: object) -> bool:
    """Booleans, 0 and 1, and the usual words in any letter case."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise _error("type_error.bool", "value could not be parsed to a boolean")


def to_str(value: object) -> str:
    """Text; numbers and booleans become text. Lone surrogates are refused."""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and is_encodable(value):
        return value
    raise _error("type_error.str", "str type expected")


def is_encodable(text: str) -> bool:
    """True if a text can be written as UTF-8 (JSON escapes can spell lone surrogates)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def to_list(value: object) -> list[Any]:
    """Lists only, of plain values."""
    if isinstance(value, list):
        check_plain(value)  # pyright: ignore[reportUnknownArgumentType]
        return value  # pyright: ignore[reportUnknownVariableType]
    raise _error("type_error.list", "value is not a valid list")


def to_dict(value: object) -> dict[str, Any]:
    """Objects, and lists of pairs, of plain values."""
    check_plain(value)
    if isinstance(value, dict):
        return value  # pyright: ignore[reportUnknownVariableType]
    try:
        return {to_str(key): item for key, item in value}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise _error("type_error.dict", "value is not a valid dict") from None


def check_plain(value: object) -> None:
    """Refuse lone surrogates, NaN, infinities, integers beyond 64 bits and deep nesting in any value."""
    waiting: list[tuple[object, tuple[object, ...]]] = [(value, ())]
    while waiting:
        item, place = waiting.pop()
        if len(place) > DEEPEST:
            raise _error("value_error.nesting", f"value is nested more than {DEEPEST} levels deep")
        if isinstance(item, dict):
            inner: dict[object, object] = item
            waiting += [(one, (*place, key)) for key, value in inner.items() for one in (key, value)]
        elif isinstance(item, list):
            listed: list[object] = item
            waiting += [(one, (*place, index)) for index, one in enumerate(listed)]
        elif isinstance(item, str) and not (item.isascii() or is_encodable(item)):
            raise _at(place, "type_error.str", "str type expected")
        elif isinstance(item, float) and not math.isfinite(item):
            raise _at(place, "type_error.float", "value is not a valid float")
        elif isinstance(item, int) and not INT_MIN <= item <= INT_MAX:
            raise _at(place, "type_error.integer", "value is not a valid integer")


def _at(place: tuple[object, ...], kind: str, message: str) -> PydanticCustomError:
    """An error of a value inside another; braces would be read as a pattern."""
    path = ".".join(ascii(key).strip("'") for key in place)[:100].replace("{", "(").replace("}", ")")
    return _error(kind, f"{message}: {path}" if path else message)


def _optional(convert: Callable[[object], object]) -> BeforeValidator:
    return BeforeValidator(lambda value: None if value is None else convert(value))


def _required(convert: Callable[[object], object]) -> BeforeValidator:
    def validate(value: object) -> object:
        if value is None:
            raise _error(*NONE_ERROR)
        return convert(value)

    return BeforeValidator(validate)


def _schema(kind: str, *, nullable: bool = False) -> WithJsonSchema:
    """A1111's type, nullable in the way of OpenAPI 3.0."""
    inner: dict[str, dict[str, Any]] = {"array": {"items": {}}, "object": {"additionalProperties": True}}
    return WithJsonSchema({"type": kind, **inner.get(kind, {}), **({"nullable": True} if nullable else {})})


Int: TypeAlias = Annotated[int, _required(to_int), _schema("integer")]
Float: TypeAlias = Annotated[float, _required(to_float), _schema("number")]
Bool: TypeAlias = Annotated[bool, _required(to_bool), _schema("boolean")]
Str: TypeAlias = Annotated[str, _required(to_str), _schema("string")]
List: TypeAlias = Annotated[list[Any], _required(to_list), _schema("array")]
Dict: TypeAlias = Annotated[dict[str, Any], _required(to_dict), _schema("object")]

OptInt: TypeAlias = Annotated[int | None, _optional(to_int), _schema("integer", nullable=True)]
OptFloat: TypeAlias = Annotated[float | None, _optional(to_float), _schema("number", nullable=True)]
OptBool: TypeAlias = Annotated[bool | None, _optional(to_bool), _schema("boolean", nullable=True)]
OptStr: TypeAlias = Annotated[str | None, _optional(to_str), _schema("string", nullable=True)]
OptList: TypeAlias = Annotated[list[Any] | None, _optional(to_list), _schema("array", nullable=True)]
OptDict: TypeAlias = Annotated[dict[str, Any] | None, _optional(to_dict), _schema("object", nullable=True)]
OptStrList: TypeAlias = Annotated[
    list[Annotated[str, _required(to_str)]] | None,
    _optional(to_list),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "nullable": True}),
]
