"""The places of units' pictures in a request's arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FIELDS = ("image", "input_image", "mask", "mask_image", "effective_region_mask")
PARTS = ("image", "mask")


def picture_places(args: Sequence[Any]) -> list[tuple[int | str, ...]]:
    """The paths of all texts that are pictures, whatever a field's form: ``(0, "image", "mask")``."""
    return [place for index, unit in enumerate(args) for place in _of_unit(index, unit)]


def _of_unit(index: int, unit: Any) -> Iterator[tuple[int | str, ...]]:
    if isinstance(unit, Mapping):
        for name in FIELDS:
            yield from ((index, name, *rest) for rest in _inside(unit.get(name)))


def _inside(value: Any) -> Iterator[tuple[int | str, ...]]:
    if isinstance(value, str):
        yield ()
    elif isinstance(value, Mapping):
        yield from ((part,) for part in PARTS if isinstance(value.get(part), str))
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for index, item in enumerate(value):
            yield from ((index, *rest) for rest in _inside(item))
