"""LoRAs of a request: those listed, those in its prompt, that of its preset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from extensions.fooocus.bodies.advanced import FooocusLora
from extensions.fooocus.bodies.common import OFFSET_LORA

MOST = 5
SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".fooocus.patch")


class KnownLora(Protocol):
    """A row of the catalog."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLoras:
    """LoRAs by the catalog's names with their weights, their files, and warnings about those left out."""

    loras: tuple[tuple[str, float], ...] = ()
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def stem_of(name: str) -> str:
    """A file's name as it is looked up: without folder and suffix, in lower case."""
    file = PurePath(name.replace("\\", "/")).name
    suffix = next((s for s in SUFFIXES if file.lower().endswith(s)), "")
    return file[: len(file) - len(suffix)].casefold()


def choose_loras(
    listed: Sequence[FooocusLora],
    in_prompt: Sequence[tuple[str, float]],
    preset: tuple[str, float] | None,
    known: Iterable[KnownLora],
) -> ChosenLoras:
    """Choose at most five, then that of the preset; a missing one is left out with a warning."""
    listed_rows = tuple(known)
    rows = {stem_of(row.path): row.name for row in listed_rows}
    files = {row.name: row.path for row in listed_rows}
    wanted = [(lora.model_name, lora.weight) for lora in listed if lora.enabled and stem_of(lora.model_name)]
    wanted = [(name, weight) for name, weight in wanted if stem_of(name) != "none"]
    stems = {stem_of(name) for name, _ in wanted}
    wanted += [(name, weight) for name, weight in in_prompt if stem_of(name) not in stems]
    warnings = [_missing(name) for name, _ in wanted if stem_of(name) not in rows and name != OFFSET_LORA]
    found = [(rows[stem_of(name)], weight) for name, weight in wanted if stem_of(name) in rows]
    if len(found) > MOST:
        warnings.append(f"loras: {len(found)} are more than {MOST}; the last were left out")
    chosen = found[:MOST]
    if preset is not None and stem_of(preset[0]) in rows:
        chosen.append((rows[stem_of(preset[0])], preset[1]))
    elif preset is not None:
        text = f"performance_selection: {preset[0]} is not in the LoRA folder; its few steps are not enough"
        warnings.append(text)
    used = tuple(files[name] for name, _ in chosen)
    return ChosenLoras(loras=tuple(chosen), files=used, warnings=tuple(warnings))


def _missing(name: str) -> str:
    return f"loras: no file is called {name!a}; it was left out"
