"""The document that goes into bug reports: versions, flags, options; no credentials, no host name."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import distributions
from typing import Any

import psutil

from sdapi.core.state import State
from sdapi.flags.parse import shown_flags

PLACEHOLDER = "0" * 64
GIB = 2**30


def describe_system(state: State) -> str:
    """JSON with an indent of 4; ``Checksum`` is the sha256 of the text with zeros in its place."""
    text = json.dumps(_document(state), indent=4, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
    return text.replace(PLACEHOLDER, digest, 1)


def _document(state: State) -> dict[str, Any]:
    memory = psutil.virtual_memory()
    return {
        "Platform": platform.platform(),
        "Python": platform.python_version(),
        "Version": state.config.version,
        "Commit": "",
        "Git status": "",
        "Script path": "",
        "Data path": "",
        "Extensions dir": "",
        "Checksum": PLACEHOLDER,
        "Commandline": _command_line(state.config.flags),
        "Torch env info": {},
        "Exceptions": [],
        "CPU": {"model": platform.machine(), "count logical": psutil.cpu_count()},
        "RAM": {"total": f"{memory.total / GIB:.0f}GB", "used": f"{memory.used / GIB:.0f}GB"},
        "Extensions": [],
        "Inactive extensions": [],
        "Environment": {},
        "Config": {key: state.store.get(key) for key in state.store.table},
        "Startup": {"total": sum(state.startup.values()), "records": dict(state.startup)},
        "Packages": sorted({f"{d.name}=={d.version}" for d in distributions()}),
    }


def _command_line(flags: Mapping[str, Any]) -> list[str]:
    """The program and the flags that have a value, secrets masked."""
    shown = shown_flags(flags)
    given = {key: value for key, value in shown.items() if value not in (None, False, "", [], {})}
    return [sys.argv[0].rpartition("/")[2], *(f"--{k.replace('_', '-')}={v}" for k, v in given.items())]
