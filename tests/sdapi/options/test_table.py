"""Rows of options: those of extensions beside A1111's own."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions, ranged
from sdapi.options.table import Option, load_table, option_rows, with_own


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(ExtensionOptions):
    """Options of an extension, one of which A1111 lists too."""

    sample_list: tuple[str, ...] = ("a",)
    hypertile_max_depth_unet: int = ranged(7, 0, 9)


def test_every_field_is_a_row() -> None:
    first, second = option_rows(Shown, section="sample")
    assert first == Option(key="sample_list", default=["a"], section="sample")
    assert (second.whole, second.bounds) == (True, (0, 9))


def test_what_is_listed_already_keeps_its_place_and_default() -> None:
    table = load_table()
    joined = with_own(table, option_rows(Shown, section="sample"))
    assert list(joined) == [*table, "sample_list"]
    known, row = table["hypertile_max_depth_unet"], joined["hypertile_max_depth_unet"]
    assert (row.default, row.section, row.label) == (known.default, known.section, known.label)
    assert row.bounds == (0, 9)
