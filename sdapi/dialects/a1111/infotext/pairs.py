"""Find the ``key: value`` pairs of an infotext's last line, in time linear in its length."""

from __future__ import annotations

import json
import re

_SIZE = re.compile(r"(\d+)x(\d+)", re.ASCII)
_QUOTED = re.compile(r'"(?:\\.|[^\\"])+"')


def find_pairs(line: str) -> list[tuple[str, str]]:
    """Raw pairs in order: a key has two characters or more, a value is quoted or ends at a comma."""
    pairs: list[tuple[str, str]] = []
    start = 0
    while (colon := line.find(":", start)) >= 0:
        key = _key_before(line, start, colon)
        start = colon + 1
        if key is not None:
            value, start = _value_at(line, start)
            pairs.append((key, value))
    return pairs


def _key_before(line: str, start: int, colon: int) -> str | None:
    """The run of word characters, blanks, ``-`` and ``/`` up to the colon, from its first word character."""
    first = colon
    while first > start and (_is_word(line[first - 1]) or line[first - 1] in " -/"):
        first -= 1
    key = line[first:colon].lstrip(" -/")
    return key if len(key) >= 2 else None


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _value_at(line: str, start: int) -> tuple[str, int]:
    """The value that begins here, and where the next pair may begin."""
    while start < len(line) and line[start].isspace():
        start += 1
    quoted = _QUOTED.match(line, start)
    if quoted and line[quoted.end() : quoted.end() + 1] in ("", ","):
        return quoted.group(), quoted.end() + 1
    comma = line.find(",", start)
    end = len(line) if comma < 0 else comma
    return line[start:end], end + 1


def read_pairs(line: str) -> dict[str, str]:
    """Pairs with quotes taken off and sizes split into ``KEY-1`` and ``KEY-2``; empty values are dropped."""
    result: dict[str, str] = {}
    for key, raw in find_pairs(line):
        value = _unquoted(raw)
        size = _SIZE.fullmatch(value)
        if size:
            result[f"{key}-1"], result[f"{key}-2"] = size.groups()
        elif value:
            result[key] = value
    return result


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value
