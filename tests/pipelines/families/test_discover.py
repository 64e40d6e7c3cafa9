"""Packages with families are found, and one that fails harms no other."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pipelines.families.discover import discover_families


def package(folder: Path, name: str, text: str) -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(text)


def test_a_package_may_import_its_own_modules(tmp_path: Path) -> None:
    package(tmp_path, "found_b", "from .inner import ROW\nFAMILIES = (ROW,)\n")
    (tmp_path / "found_b" / "inner.py").write_text("ROW = 'b'\n")
    package(tmp_path, "found_a", "FAMILIES = ('a1', 'a2')\n")
    (tmp_path / "loose.py").write_text("FAMILIES = ('no',)\n")
    assert list(discover_families(tmp_path)) == ["a1", "a2", "b"]


@pytest.mark.parametrize(
    ("text", "told"), [("1 / 0\n", "ZeroDivisionError"), ("FAMILY = 1\n", "FAMILIES"), ("(", "SyntaxError")]
)
def test_what_fails_is_named_and_skipped(
    text: str, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    package(tmp_path, "failing", text)
    package(tmp_path, "working", "FAMILIES = ('works',)\n")
    with caplog.at_level(logging.WARNING):
        assert list(discover_families(tmp_path)) == ["works"]
    assert "failing" in caplog.text and told in caplog.text


def test_no_folder_is_no_family(tmp_path: Path) -> None:
    assert discover_families(tmp_path / "none") == ()
