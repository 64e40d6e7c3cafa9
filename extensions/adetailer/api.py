"""What ADetailer adds to the HTTP side beside its routes: its script and its options; no torch."""

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
    """The always-on script."""
    return (SCRIPT,)


@api_hook
def options() -> Sequence[Option]:
    """All options."""
    return option_rows(ADetailerOptions, section=SECTION)


@api_hook
def infotext_fields(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every unit's fields."""
    from extensions.adetailer.units.infotext import read_units

    return read_units(parameters)


@api_hook
def argument_schemas() -> Mapping[str, type[BaseModel]]:
    """A unit, under the name by which clients send it."""
    from extensions.adetailer.routes.unit_schema import ADetailerUnit

    return {SCRIPT.title.lower(): ADetailerUnit}
