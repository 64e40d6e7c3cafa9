"""Errors of a repainting generation name the unit's fields."""

from __future__ import annotations

import pytest

from extensions.adetailer.repaint.request import at_unit
from extensions.adetailer.units.unit import DetailUnit
from pipelines.contract.errors import InvalidRequest, MissingWeights

UNIT = DetailUnit(place="args.2")


@pytest.mark.parametrize(
    ("error", "field", "text"),
    [
        (
            InvalidRequest("steps must be between 1 and 150, not 900", field="steps"),
            "args.2.ad_steps",
            "args.2.ad_steps must be between 1 and 150, not 900",
        ),
        (InvalidRequest("too large", field="width"), "args.2.ad_inpaint_width", "too large"),
        (InvalidRequest("model not found", field="always_on.x"), "args.2", "model not found"),
        (MissingWeights("no such file"), "args.2", "no such file"),
    ],
)
def test_an_error_is_said_of_the_units_field(error: InvalidRequest, field: str, text: str) -> None:
    said = at_unit(error, UNIT)
    assert type(said) is type(error)
    assert (said.field, said.message) == (field, text)
