"""A unit as the OpenAPI document and ``/adetailer/v1/schema`` show it."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from extensions.adetailer.units.parse import PREFIX
from extensions.adetailer.units.unit import DetailUnit


def _fields() -> dict[str, Any]:
    """Name -> (type, default), with the prefix that clients send."""
    kinds = get_type_hints(DetailUnit)
    return {
        item.name if item.name == "is_api" else PREFIX + item.name: (kinds[item.name], item.default)
        for item in fields(DetailUnit)
        if item.default is not MISSING
    }


class _Unit(BaseModel):
    """One unit: what is looked for, and how it is repainted."""

    model_config = ConfigDict(use_enum_values=True)


ADetailerUnit: type[BaseModel] = create_model(
    "ADetailerUnit", __base__=_Unit, __doc__=_Unit.__doc__, **_fields()
)
