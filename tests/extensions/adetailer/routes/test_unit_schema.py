"""The schema of a unit has the fields that clients send."""

from __future__ import annotations

from dataclasses import fields

from extensions.adetailer.routes.unit_schema import ADetailerUnit
from extensions.adetailer.units.unit import DetailUnit


def test_every_field_has_the_prefix_but_one() -> None:
    names = {field.name for field in fields(DetailUnit)} - {"place", "is_api"}
    assert set(ADetailerUnit.model_fields) == {f"ad_{name}" for name in names} | {"is_api"}


def test_defaults_are_those_of_a_unit() -> None:
    unit = DetailUnit(place="")
    for name, value in ADetailerUnit().model_dump().items():
        assert value == getattr(unit, name.removeprefix("ad_")), name


def test_choices_are_listed() -> None:
    schema = ADetailerUnit.model_json_schema()
    assert schema["$defs"]["MaskMerge"]["enum"] == ["None", "Merge", "Merge and Invert"]
    assert schema["$defs"]["KeepBy"]["enum"] == ["Area", "Confidence"]
