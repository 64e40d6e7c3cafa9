"""A command-line flag as a record, and one constructor for each type of flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

FlagKind: TypeAlias = Literal[
    "switch", "text", "number", "port", "path", "words", "paths", "choice", "mapping"
]
Use: TypeAlias = Literal["honoured", "hint", "ignored"]
Base: TypeAlias = Literal["install", "data", "models"]

HONOURED: Use = "honoured"
HINT: Use = "hint"
IGNORED: Use = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag. ``note`` is its effect in a line, or the reason why it has none.

    A default path is relative to ``base``: the project, the data folder or the models folder. ``weights``:
    it is a folder in which requests may name files, as they may in the models folder.
    """

    name: str
    kind: FlagKind
    use: Use
    note: str
    default: bool | int | str | tuple[str, ...] | Mapping[str, Any] | None = None
    base: Base | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False
    weights: bool = False

    @property
    def key(self) -> str:
        """The name in `/sdapi/v1/cmd-flags`, and the attribute of the parsed flags."""
        return self.name.lstrip("-").replace("-", "_")


def switch(name: str, use: Use, note: str, default: bool | None = False) -> Flag:
    """A flag without a value."""
    return Flag(name=name, kind="switch", use=use, note=note, default=default)


def text(name: str, use: Use, note: str, default: str | None = None, *, secret: bool = False) -> Flag:
    """A flag with a text; a secret one is masked wherever flags are shown."""
    return Flag(name=name, kind="text", use=use, note=note, default=default, secret=secret)


def number(name: str, use: Use, note: str, default: int | None = None) -> Flag:
    """A flag with a whole number."""
    return Flag(name=name, kind="number", use=use, note=note, default=default)


def port(name: str, note: str) -> Flag:
    """A flag with a further port that the server listens on as long as the flag's extension is on."""
    return Flag(name=name, kind="port", use=HONOURED, note=note)


def path(name: str, use: Use, note: str, default: str | None = None, base: Base | None = None) -> Flag:
    """A flag with a file or folder."""
    return Flag(name=name, kind="path", use=use, note=note, default=default, base=base)


def weights(name: str, note: str) -> Flag:
    """A flag with a folder of weights outside the models folder."""
    return Flag(name=name, kind="path", use=HONOURED, note=note, weights=True)


def paths(name: str, use: Use, note: str, default: str) -> Flag:
    """A flag with a file or folder that may be given several times; the default lies in the data folder."""
    return Flag(name=name, kind="paths", use=use, note=note, default=(default,), base="data")


def words(name: str, use: Use, note: str) -> Flag:
    """A flag with one or more words."""
    return Flag(name=name, kind="words", use=use, note=note, default=())


def choice(name: str, use: Use, note: str, default: str, choices: tuple[str, ...]) -> Flag:
    """A flag with one of a few words."""
    return Flag(name=name, kind="choice", use=use, note=note, default=default, choices=choices)


def mapping(name: str, use: Use, note: str) -> Flag:
    """A flag with a JSON object."""
    return Flag(name=name, kind="mapping", use=use, note=note, default={})
