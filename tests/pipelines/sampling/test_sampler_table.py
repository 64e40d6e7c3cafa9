"""The table of samplers and schedulers: the original's lists, and rows that extensions add."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.sampling import sampler_table
from pipelines.sampling.sampler_table import (
    SAMPLER_INFOS,
    SamplerInfo,
    listed_samplers,
    listed_schedules,
    load_samplers,
    register_sampler,
)

OWN = SamplerInfo(name="Own", run="own.samplers.own:run", aliases=("k_own",))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, SamplerInfo]:
    """A copy of the table, to which rows may be added."""
    copy = dict(SAMPLER_INFOS)
    monkeypatch.setattr(sampler_table, "SAMPLER_INFOS", copy)
    return copy


def recorded(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / "cases" / f"{name}.json").read_text())["response"]


def test_samplers_are_listed_as_recorded(parity_dir: Path) -> None:
    ours = [
        {"name": row.name, "aliases": list(row.aliases), "options": row.api_options()}
        for row in listed_samplers()
    ]
    assert ours == recorded(parity_dir, "get-samplers")


def test_schedulers_are_listed_as_recorded(parity_dir: Path) -> None:
    ours = [
        {
            "name": row.name,
            "label": row.label,
            "aliases": list(row.aliases) or None,
            "default_rho": row.default_rho,
            "need_inner_model": row.need_inner_model,
        }
        for row in listed_schedules()
    ]
    assert ours == recorded(parity_dir, "get-schedulers")


def test_options_leave_out_what_is_off() -> None:
    row = SamplerInfo(name="Own", run="own", aliases=(), brownian=True, scheduler="karras")
    assert row.api_options() == {"scheduler": "karras", "brownian_noise": "True"}
    assert OWN.api_options() == {}


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"takes": frozenset({"s_churn"})}, True),
        ({"takes": frozenset({"eta"})}, False),
        ({"renoises": True}, False),
        ({"family": "timestep"}, False),
    ],
)
def test_samplers_without_fresh_noise_fit_flows(changes: dict[str, Any], fits: bool) -> None:
    assert replace(OWN, **changes).fits_flow is fits


def test_added_rows_come_last_and_are_listed(table: dict[str, SamplerInfo]) -> None:
    register_sampler(OWN, replace(OWN, name="Hidden", listed=False))
    assert list(table)[-2:] == ["Own", "Hidden"]
    assert listed_samplers()[-1] is OWN


def test_a_row_may_be_added_twice_but_not_changed(table: dict[str, SamplerInfo]) -> None:
    register_sampler(OWN)
    register_sampler(OWN)
    with pytest.raises(ValueError, match="sampler Own already"):
        register_sampler(replace(OWN, aliases=()))
    assert table["Own"] is OWN


def test_a_package_brings_the_rows_of_its_module(
    table: dict[str, SamplerInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rows_for_sampler_table", "none_for_sampler_table"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    text = "from pipelines.sampling.sampler_table import SamplerInfo\n"
    text += 'SAMPLERS = (SamplerInfo(name="Brought", run="a", aliases=()),)\n'
    (tmp_path / "rows_for_sampler_table" / "samplers.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    load_samplers("none_for_sampler_table")
    assert list(table) == list(SAMPLER_INFOS)
    load_samplers("rows_for_sampler_table")
    assert list(table)[-1] == "Brought"
