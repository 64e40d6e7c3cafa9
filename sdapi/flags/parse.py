"""The command line: A1111's flags and our own, parsed from one table."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sdapi.flags.flag import HONOURED, Flag
from sdapi.flags.table import A1111, EXTENSIONS, OWN, TABLE

ROOT = Path(__file__).resolve().parents[2]
MASK = "***"


def parse_flags(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Namespace:
    """Parse a command line with the words of ``COMMANDLINE_ARGS`` appended; paths come out absolute.

    Exits with status 2 on a flag that is not known, unless ``IGNORE_CMD_ARGS_ERRORS`` is set.
    """
    words = [*arguments, *shlex.split(environment.get("COMMANDLINE_ARGS", ""))]
    words = [complete_name(word) for word in words]
    parser = make_parser()
    if environment.get("IGNORE_CMD_ARGS_ERRORS"):
        namespace, _ = parser.parse_known_args(words)
    else:
        namespace = parser.parse_args(words)
    place_paths(namespace)
    return namespace


def complete_name(word: str) -> str:
    """Spell out an unambiguous prefix of a flag, or one with ``_`` in place of ``-``.

    Other flags never make a prefix of A1111's ambiguous.
    """
    name, equals, value = word.partition("=")
    spelled = name.replace("_", "-")
    if name != spelled and any(flag.name == spelled for flag in TABLE):
        return spelled + equals + value
    if not name.startswith("--") or any(flag.name == name for flag in TABLE):
        return word
    for table in (A1111, TABLE[len(A1111) :]):
        found = [flag.name for flag in table if flag.name.startswith(name)]
        if len(found) == 1:
            return found[0] + equals + value
        if found:
            break
    return word


def make_parser() -> ArgumentParser:
    """Build the parser, with a group in its help for each part of the table."""
    parser = ArgumentParser(
        prog="launch.py",
        usage="launch.py [serve|generate|test|bench] [flags]",
        description="Serve the AUTOMATIC1111 web API. Without a command: serve.",
        epilog="COMMANDLINE_ARGS is read too. Flags of no effect are accepted for old start scripts.",
        allow_abbrev=False,
    )
    of_extensions = {f"flags of the extension {name}": rows for name, rows in EXTENSIONS.items()}
    titles = {"A1111's flags": A1111, "flags of sdapi": OWN, **of_extensions}
    for title, table in titles.items():
        group = parser.add_argument_group(title)
        for flag in table:
            group.add_argument(flag.name, dest=flag.key, help=help_line(flag), **_shape(flag))
    return parser


def help_line(flag: Flag) -> str:
    """The line of `--help` about a flag."""
    line = flag.note if flag.use == HONOURED else f"no effect: {flag.note}"
    return line.replace("%", "%%")


def _shape(flag: Flag) -> dict[str, Any]:
    """The arguments of ``add_argument`` for a type of flag. Paths get their default later."""
    match flag.kind:
        case "switch" if flag.default is None:
            return {"action": "store_false", "default": None}
        case "switch":
            return {"action": "store_true", "default": flag.default}
        case "number":
            return {"type": int, "default": flag.default}
        case "port":
            return {"type": _port}
        case "path":
            return {"type": _absolute}
        case "paths":
            return {"type": _absolute, "action": "append"}
        case "words":
            return {"type": str.lower, "nargs": "+", "default": []}
        case "choice":
            return {"choices": flag.choices, "default": flag.default}
        case "mapping":
            return {"type": _json_object, "default": {}}
        case "text":
            return {"default": flag.default}


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 2**16:
        raise argparse.ArgumentTypeError(f"must be between 1 and 65535, not {value}")
    return int(value)


def _absolute(value: str) -> str:
    return os.path.abspath(os.path.expanduser(value))


def _json_object(value: str) -> dict[str, Any]:
    found: object = json.loads(value)
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError("not a JSON object")
    return dict(found)


def place_paths(namespace: Namespace) -> None:
    """Give the paths that were not given their default place, in A1111's folder layout."""
    namespace.data_dir = namespace.data_dir or str(ROOT)
    models = namespace.models_dir or os.path.join(namespace.data_dir, "models")
    places = {"install": str(ROOT), "data": namespace.data_dir, "models": models}
    for flag in TABLE:
        if flag.base is None or getattr(namespace, flag.key) is not None:
            continue
        if flag.kind == "paths" and isinstance(flag.default, tuple):
            value = [os.path.normpath(os.path.join(places[flag.base], str(part))) for part in flag.default]
        else:
            value = os.path.join(places[flag.base], str(flag.default))
        setattr(namespace, flag.key, value)


def shown_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of `/sdapi/v1/cmd-flags`: every flag, typed by its default as A1111 does, secrets masked."""
    return {flag.key: _shown(flag, flags.get(flag.key)) for flag in TABLE}


def _shown(flag: Flag, value: Any) -> Any:
    if flag.secret and value:
        return MASK
    if flag.kind == "mapping":
        return dict.fromkeys(value or {}, MASK)
    is_text = flag.default is None and value is not None
    return str(value) if is_text else value


def ineffective(namespace: Namespace) -> list[str]:
    """One line for each flag that was given and has no effect."""
    same_place = [f"--data-dir={namespace.data_dir}"]
    same_place += [f"--models-dir={namespace.models_dir}"] if namespace.models_dir else []
    fresh = parse_flags(same_place, {})
    return [
        f"{flag.name} has no effect: {flag.note}"
        for flag in TABLE
        if flag.use != HONOURED and getattr(namespace, flag.key) != getattr(fresh, flag.key)
    ]
