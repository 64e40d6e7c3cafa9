"""Infotexts of older versions get the settings that they meant."""

from __future__ import annotations

from sdapi.dialects.a1111.infotext.legacy import (
    read_version,
)


def test_version_numbers() -> None:
    assert read_version("v1.6.0-12-gabc") == (1, 6, 0, 12)
    assert read_version("1.10.1") == (1, 10, 1, 0)
    assert read_version("x") is None
