"""Names in each module of ``invokeai``, and the modules of ours that hold them."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.invokeai.shim.tables import BACKEND, INVOCATIONS, PUBLIC, SERVICES

ROOT = "invokeai"
OURS = "extensions.invokeai."
_APP, _NODES = f"{ROOT}.app.", f"{ROOT}.app.invocations."


def _homes(rows: Mapping[str, str]) -> dict[str, str]:
    """Turn ``module -> names`` into ``name -> module:name there``; ``A=B`` gives our B the name A."""
    homes: dict[str, str] = {}
    for place, names in rows.items():
        for word in names.split():
            name, _, other = word.partition("=")
            homes[name] = f"{OURS}{place}:{other or name}"
    return homes


def _table() -> dict[str, dict[str, str]]:
    table = {
        f"{ROOT}.invocation_api": _homes(PUBLIC),
        f"{ROOT}.version": _homes({"vocabulary.version": "__version__ __app_id__ __app_name__"}),
    }
    table |= {f"{_NODES}{name}": _homes(rows) for name, rows in INVOCATIONS.items()}
    table |= {f"{_APP}{name}": _homes(rows) for name, rows in SERVICES.items()}
    return table | {f"{ROOT}.backend.{name}": _homes(rows) for name, rows in BACKEND.items()}


MODULES: Mapping[str, Mapping[str, str]] = _table()
"""Every module, and the home of each of its names."""
