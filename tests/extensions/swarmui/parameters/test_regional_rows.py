"""Rows about places and segments have the ids that clients send, and defaults that they take themselves."""

from __future__ import annotations

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.regional_rows import ROWS
from extensions.swarmui.parameters.values import read_value

IDS = {
    *("globalregionfactor", "segmentmodel", "regionalobjectinpaintingmodel"),
    *("segmentmaskblur", "segmentmaskgrow", "segmentmaskoversize"),
}


def test_ids() -> None:
    assert {row.id for row in ROWS} == IDS


def test_defaults_are_values() -> None:
    for row in ROWS:
        assert not row.default or read_value(row, row.default, Choices()) is not None, row.id


def test_checkpoints_are_those_that_there_are() -> None:
    row = next(row for row in ROWS if row.id == "segmentmodel")
    assert read_value(row, "TINY", Choices(models={"Stable-Diffusion": ("tiny",)})) == "tiny"
