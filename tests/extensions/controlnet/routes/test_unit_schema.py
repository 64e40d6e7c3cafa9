"""The schema of a unit: it names fields that the reader of units knows, and admits those it doesn't name."""

from __future__ import annotations

from extensions.controlnet.routes.unit_schema import ControlNetUnit, with_units
from extensions.controlnet.units.parse import KNOWN


def test_every_field_is_one_that_is_read() -> None:
    assert set(ControlNetUnit.model_fields) <= KNOWN


def test_any_field_may_be_left_out_or_null_and_others_be_there() -> None:
    assert ControlNetUnit.model_validate({}).model_dump(exclude_none=True) == {}
    nulls = dict.fromkeys(ControlNetUnit.model_fields)
    assert ControlNetUnit.model_validate({**nulls, "lowvram": True}).model_extra == {"lowvram": True}


def test_a_body_is_the_schema_with_units_in_it() -> None:
    body = with_units("Txt2Img")["requestBody"]["content"]["application/json"]["schema"]
    assert body["allOf"] == [{"$ref": "#/components/schemas/Txt2Img"}]
    assert body["properties"]["controlnet_units"]["items"] == {"$ref": "#/components/schemas/ControlNetUnit"}
