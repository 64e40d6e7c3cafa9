"""Read JSON of files that anybody may have put there: bounded in size and depth."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

MAX_BYTES = 64 << 20
MAX_DEPTH = 100


def read_json(path: Path, *, longest: int = MAX_BYTES) -> Any:
    """Return the value of a JSON file of at most ``longest`` bytes.

    Raises OSError, and ValueError for a text that is too long, too deep or no JSON.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ValueError("it is no ordinary file")
    with path.open("rb") as file:
        data = file.read(longest + 1)
    if len(data) > longest:
        raise ValueError(f"it is larger than {longest >> 20} MiB")
    return parse_json(data)


def parse_json(text: str | bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError, also for one nested deeper than ``MAX_DEPTH``."""
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for item in level for inner in _inner(item)]
        if not level:
            return value
    raise ValueError("it is nested too deeply")


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()
