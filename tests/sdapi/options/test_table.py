"""Rows of options: those of extensions beside A1111's own."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from pipelines.contract.options import OutputOptions
from pipelines.plugin import ExtensionOptions, GenerationOptions, ranged
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


@pytest.mark.parametrize("view", [GenerationOptions, OutputOptions])
def test_an_engine_has_the_defaults_of_the_table(view: type[GenerationOptions] | type[OutputOptions]) -> None:
    table, own = load_table(), view()
    keys = [f.name for f in fields(view) if f.name != "extension"]
    listed = {key: table[key].default for key in keys}
    # null is no choice, which an engine has as an empty text
    expected = {key: "" if value is None else value for key, value in listed.items()}
    assert {key: _as_json(getattr(own, key)) for key in keys} == expected


def _as_json(value: object) -> object:
    return list[object](value) if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType]
