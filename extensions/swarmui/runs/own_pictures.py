"""Pictures of the history as inputs: named by their paths in place of being sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from extensions.swarmui.history.stars import find_picture
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.parameters.table import TABLE
from extensions.swarmui.parameters.values import ParameterValue
from sdapi.plugin import encode_base64

FOLDERS = ("raw/", "Starred/", "inputs/")
"""Beginnings of paths in the history; no picture in base64 begins so."""


def with_own_pictures(request: SwarmRequest, root: Path) -> SwarmRequest:
    """Read such pictures into the request. Raises InvalidRequest for one that isn't there."""
    found: dict[str, ParameterValue] = {}
    for name, value in request.values.items():
        if TABLE[name].kind == "image" and isinstance(value, str) and value.startswith(FOLDERS):
            found[name] = encode_base64(find_picture(root, value, "use").read_bytes())
    return replace(request, values={**request.values, **found}) if found else request
