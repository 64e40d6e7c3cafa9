"""Styles by name: the project's own texts, and packs of users from ``sdxl_styles/*.json``."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

from pipelines.plugin import read_json

log = logging.getLogger(__name__)
EXPANSION, RANDOM = "Fooocus V2", "Random Style"
OWN = Path(__file__).with_name("style_texts.txt")
PACKS = "sdxl_styles"
MARK = "{prompt}"
_SPELLED = (("3d", "3D"), ("Sai", "SAI"), ("Mre", "MRE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStyle:
    """A pair of templates, each of one line or several; either may be empty."""

    name: str
    positive: str = ""
    negative: str = ""


@cache
def own_styles() -> tuple[PromptStyle, ...]:
    """The built-in ones, in the order in which they are listed."""
    rows = (line for line in OWN.read_text(encoding="utf-8").splitlines() if line.count("|") == 2)
    return tuple(_own(line) for line in rows if not line.startswith("#"))


def _own(line: str) -> PromptStyle:
    name, words, negative = line.split("|")
    positive = words if MARK in words or not words else f"{MARK}, {words}"
    return PromptStyle(name=name, positive=positive, negative=negative)


def styles_of(data: Path) -> dict[str, PromptStyle]:
    """Every style that a server has: those of users first, which also replace texts of the same name."""
    users = {style.name: style for file in _packs(data) for style in _read_pack(file)}
    return {**users, **{style.name: style for style in own_styles() if style.name not in users}}


def legal_names(styles: Mapping[str, PromptStyle]) -> list[str]:
    """Names that a request may select."""
    return [EXPANSION, RANDOM, *styles]


def _packs(data: Path) -> list[Path]:
    return sorted((data / PACKS).glob("*.json"))


def _read_pack(file: Path) -> Iterable[PromptStyle]:
    """The styles of a file; one that can't be read is named in the log."""
    try:
        rows: object = read_json(file)
    except (OSError, ValueError) as error:
        log.warning("the styles of %s are left out: %s", file, error)
        return []
    return [style for row in _listed(rows) if (style := _style(row)) is not None]


def _listed(rows: object) -> list[object]:
    return cast("list[object]", rows) if isinstance(rows, list) else []


def _style(row: object) -> PromptStyle | None:
    if not isinstance(row, dict):
        return None
    fields: dict[str, Any] = row
    name, positive = fields.get("name"), fields.get("prompt")
    negative = fields.get("negative_prompt")
    if not isinstance(name, str) or not name.strip():
        return None
    return PromptStyle(name=spelled(name), positive=_text(positive), negative=_text(negative))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def spelled(name: str) -> str:
    """A name of a file as it is listed: ``sai-3d-model`` is SAI 3D Model."""
    words = re.sub(r"[-_]+", " ", name).strip().title()
    for plain, special in _SPELLED:
        words = re.sub(rf"\b{re.escape(plain)}\b", special, words, flags=re.IGNORECASE)
    return words


def selected(names: Iterable[str], styles: Mapping[str, PromptStyle], random: Random) -> list[PromptStyle]:
    """The chosen styles; ``Random Style`` is drawn."""
    return [
        styles[random.choice(list(styles)) if name == RANDOM else name]
        for name in names
        if name == RANDOM or name in styles
    ]
