"""Control types: every preprocessor's is in the table."""

from __future__ import annotations

from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.units.control_types import CONTROL_TYPES

NAMES = {kind.name for kind in CONTROL_TYPES}


def test_every_preprocessors_type_is_known() -> None:
    assert {name for row in PREPROCESSORS.values() for name in row.types} <= NAMES
    assert len(NAMES) == len(CONTROL_TYPES) == 20
