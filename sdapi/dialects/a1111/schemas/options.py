"""Schemas whose fields are data: options and flags."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, create_model

from sdapi.flags.table import TABLE
from sdapi.options.table import load_table


def options_model() -> type[BaseModel]:
    """The schema ``Options``, one field per key of the table."""
    fields: dict[str, Any] = {key: (Any, option.default) for key, option in load_table().items()}
    return create_model("Options", **fields)


def flags_model() -> type[BaseModel]:
    """The schema ``Flags``, one field per command-line flag."""
    fields: dict[str, Any] = {flag.key: (Any, None) for flag in TABLE}
    return create_model("Flags", **fields)
