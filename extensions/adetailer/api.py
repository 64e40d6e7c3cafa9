"""ADetailer's script and options on the HTTP side, and the fields of its infotexts; no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from extensions.adetailer.options import ADetailerOptions
from extensions.adetailer.units.script import SCRIPT
from pipelines.plugin import Script
from sdapi.plugin import Option, api_hook, option_rows

SECTION = "ADetailer"


@api_hook
def scripts() -> Sequence[Script]:
    """List the always-on script."""
    return (SCRIPT,)


@api_hook
def options() -> Sequence[Option]:
    """List the options in their section."""
    return option_rows(ADetailerOptions, section=SECTION)


@api_hook
def infotext_fields(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of every unit in an infotext."""
    from extensions.adetailer.units.infotext import read_units

    return read_units(parameters)


@api_hook
def argument_schemas() -> Mapping[str, type[BaseModel]]:
    """Return the schema of a unit, by the script's name in requests."""
    from extensions.adetailer.routes.unit_schema import ADetailerUnit

    return {SCRIPT.title.lower(): ADetailerUnit}
