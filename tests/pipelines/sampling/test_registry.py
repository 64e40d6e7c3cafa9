"""The registry, the table, and what the original lists agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.sampling.registry import sampler_of
from pipelines.sampling.sampler_table import SAMPLER_INFOS, SCHEDULER_INFOS, listed_samplers, listed_schedules
from pipelines.sampling.schedules import SCHEDULERS


def recorded(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / "cases" / f"{name}.json").read_text())["response"]


def test_every_row_has_a_function() -> None:
    assert all(callable(sampler_of(row).run) for row in SAMPLER_INFOS.values())
    assert list(SCHEDULERS) == list(SCHEDULER_INFOS)
    assert len({sampler_of(row).run for row in SAMPLER_INFOS.values()}) == len(SAMPLER_INFOS)


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
