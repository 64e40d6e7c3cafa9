"""Read the values of an axis: comma-separated texts, with ranges, steps and counts for numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import permutations
from typing import Literal, TypeAlias

from pipelines.contract.errors import InvalidRequest
from pipelines.scripting.script_arguments import TRUE

Kind: TypeAlias = Literal["int", "float", "text", "bool", "permutation"]
Value: TypeAlias = int | float | str | bool | tuple[str, ...]
MOST_VALUES = 10_000
"""Most values of an axis: a longer list is a typing error, not a plot."""

_NUMBER = r"([+-]?\d*\.?\d+)"
_RANGE = re.compile(rf"^{_NUMBER}\s*-\s*{_NUMBER}(?:\s*\(\s*{_NUMBER}\s*\))?$")
_COUNT = re.compile(rf"^{_NUMBER}\s*-\s*{_NUMBER}\s*\[\s*(\d+)\s*\]$")


def split_values(text: str) -> tuple[str, ...]:
    """The trimmed items of a CSV text; quotes protect commas, line breaks separate too, empty items go."""
    rows = csv.reader(io.StringIO(text), skipinitialspace=True)
    return tuple(item.strip() for row in rows for item in row if item.strip())


def join_values(items: Sequence[str]) -> str:
    """Items as one CSV line."""
    out = io.StringIO()
    csv.writer(out).writerow(items)
    return out.getvalue().strip()


def parse_values(items: Sequence[str], kind: Kind) -> tuple[Value, ...]:
    """Read the values of an axis. Raises InvalidRequest for a wrong number, too many values, or no value."""
    values: list[Value] = []
    try:
        if kind == "permutation":
            values.extend(permutations(items) if len(items) < 8 else _refuse(items))
        else:
            for item in items:
                values.extend(_expand(item, kind))
    except ValueError as error:
        raise InvalidRequest(f"axis value: {error}", field="script.args") from error
    if not 0 < len(values) <= MOST_VALUES:
        raise InvalidRequest(f"an axis has {len(values)} values", field="script.args")
    return tuple(values)


def _refuse(items: Sequence[str]) -> tuple[Value, ...]:
    raise InvalidRequest(f"{len(items)} parts have too many orders; at most 7", field="script.args")


def _expand(item: str, kind: Kind) -> Sequence[Value]:
    if kind == "text":
        return (item,)
    if kind == "bool":
        return (item.strip().lower() in TRUE,)
    whole = kind == "int"
    if match := _COUNT.match(item):
        return _spread(float(match[1]), float(match[2]), int(match[3]), whole=whole)
    if match := _RANGE.match(item):
        return _stepped(match[1], match[2], match[3] or "1", whole=whole)
    return (int(item) if whole else float(item),)


def _spread(low: float, high: float, count: int, *, whole: bool) -> Sequence[Value]:
    """``count`` evenly spaced numbers with both ends; ints are truncated."""
    if count > MOST_VALUES:
        raise ValueError(f"{count} values are too many")
    spaced = [low + (high - low) * i / max(count - 1, 1) for i in range(count)]
    return [int(v) for v in spaced] if whole else spaced


def _stepped(low: str, high: str, step: str, *, whole: bool) -> Sequence[Value]:
    """Numbers from ``low`` to ``high``, both included; a step of 0 is refused."""
    start, end, by = float(low), float(high), float(step)
    if by == 0:
        raise ValueError("the step must not be 0")
    if whole and not all(v.is_integer() for v in (start, end, by)):
        raise ValueError(f"{low}-{high} ({step}) is no range of whole numbers")
    if (end - start) / by > MOST_VALUES:
        raise ValueError(f"{low}-{high} has too many values")
    count = int((end - start) / by + 1e-9) + 1
    numbers = [start + i * by for i in range(max(count, 0))]
    return [int(v) for v in numbers] if whole else [round(v, 10) for v in numbers]
