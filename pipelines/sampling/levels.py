"""Noise levels of a pass: the checkpoint's own, or those that its sampler or scheduler brings."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.sampling.edm_table import EdmTable
from pipelines.sampling.noise_table import LcmTable, SigmaTable
from pipelines.sampling.sampler_names import find_scheduler
from pipelines.sampling.sampler_table import SamplerInfo


def levels_for(info: SamplerInfo, scheduler: str, table: SigmaTable) -> SigmaTable:
    """The table of a pass. Raises InvalidRequest for a scheduler that can't work with a flow model."""
    found = find_scheduler(scheduler or "automatic")
    levels = "own" if found is None else found.levels
    if found is not None and levels != "own" and table.flow:
        raise InvalidRequest(
            f"the scheduler {found.label} does not work with a flow model", field="scheduler"
        )
    if levels == "edm":
        return EdmTable()
    return LcmTable.of(table) if levels == "distilled" or info.name == "LCM" else table


def levels_like(used: SigmaTable, table: SigmaTable) -> SigmaTable:
    """The same kind of levels for another checkpoint, whose own are ``table``."""
    if isinstance(used, LcmTable):
        return LcmTable.of(table)
    return used if isinstance(used, EdmTable) else table
