"""Rows about guidance have the ids that clients send, and defaults that they take themselves."""

from __future__ import annotations

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.guidance_rows import ROWS
from extensions.swarmui.parameters.values import read_value

IDS = {
    *("promptimages", "useipadapter", "ipadapterweight", "ipadapterstart", "ipadapterend"),
    *("ipadapterweighttype", "freeuapplyto", "freeuversion", "freeublockone", "freeublocktwo"),
    *("freeuskipone", "freeuskiptwo", "selfattentionguidancescale", "selfattentionguidancesigmablur"),
}


def test_ids() -> None:
    assert {row.id for row in ROWS} == IDS


def test_defaults_are_values() -> None:
    for row in ROWS:
        value = read_value(row, row.default, Choices())
        unset = row.default in ("", row.ignore)
        assert (value is None) is unset, row.id


def test_adapters_are_those_that_there_are() -> None:
    row = next(row for row in ROWS if row.id == "useipadapter")
    assert row.choices(Choices(adapters=("face",))) == ("None", "face")
