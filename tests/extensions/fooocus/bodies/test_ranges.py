"""Ranges of numbers, checked and documented."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from extensions.fooocus.bodies.ranges import Within


class Ranged(BaseModel):
    value: Annotated[float, Within(0, 2)] = 1


def test_they_are_checked_and_told() -> None:
    assert Ranged(value=2).value == 2
    with pytest.raises(ValidationError, match="must be between 0 and 2"):
        Ranged(value=2.1)
    schema = Ranged.model_json_schema()["properties"]["value"]
    assert (schema["minimum"], schema["maximum"]) == (0, 2)
