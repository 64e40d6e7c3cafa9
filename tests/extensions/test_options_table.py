"""Options of built-in extensions that A1111 lists too: their defaults agree with its table."""

from __future__ import annotations

from dataclasses import fields

import pytest

from extensions.hypertile.options import HypertileOptions
from extensions.refiner.options import RefinerOptions
from extensions.seeds.options import SeedOptions
from extensions.token_merging.options import MergingOptions
from pipelines.contract.options import ExtensionOptions
from sdapi.core.hooks import ApiHooks
from sdapi.options.table import load_table

VIEWS: tuple[type[ExtensionOptions], ...] = (HypertileOptions, MergingOptions, RefinerOptions, SeedOptions)


@pytest.mark.parametrize("view", VIEWS)
def test_defaults_are_those_of_the_table(view: type[ExtensionOptions]) -> None:
    table, own = load_table(), view()
    keys = {field.name for field in fields(view)}
    assert {key: getattr(own, key) for key in keys} == {key: table[key].default for key in keys}


def test_the_server_knows_them_all() -> None:
    listed = {option.key for option in ApiHooks().options()}
    assert listed == {field.name for view in VIEWS for field in fields(view)}
