"""A prompt's lines: the first is the prompt, every further one a chunk of its own."""

from __future__ import annotations

import re

_LORA = re.compile(r"<lora:([^:<>]+):(-?\d+(?:\.\d+)?|-?\.\d+)>")


def lines_of(text: str) -> list[str]:
    """The lines without blank ones, each cleaned at its ends; one empty line where there is none."""
    found = [cleaned(line) for line in text.splitlines()]
    return [line for line in found if line] or [""]


def cleaned(line: str) -> str:
    """One blank in the place of several; no commas, dots or blanks at the ends."""
    return re.sub(r" +", " ", line).strip(",. \t\r")


def with_extra(text: str, extra: str) -> str:
    """The prompt with an additional one before it, which becomes the main line."""
    return f"{extra}\n{text}" if extra.strip() else text


def split_networks(line: str) -> tuple[str, list[tuple[str, float]]]:
    """A line without its ``<lora:name:weight>``, and those."""
    found = [(match[1], float(match[2])) for match in _LORA.finditer(line)]
    return cleaned(_LORA.sub("", line)), found
