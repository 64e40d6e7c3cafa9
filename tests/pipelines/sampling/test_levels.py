"""Samplers and schedulers bring the levels that they work on."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.sampling.edm_table import EdmTable
from pipelines.sampling.flow_table import FlowTable
from pipelines.sampling.levels import levels_for, levels_like
from pipelines.sampling.noise_table import LcmTable, NoiseTable
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from tests.pipelines.sampling.samplers.harness import TABLE

EULER = SAMPLER_INFOS["Euler"]


def test_names_bring_levels() -> None:
    assert levels_for(EULER, "Karras", TABLE) is TABLE
    assert levels_for(EULER, "", TABLE) is TABLE
    assert isinstance(levels_for(SAMPLER_INFOS["LCM"], "Karras", TABLE), LcmTable)
    assert isinstance(levels_for(EULER, "SGM Uniform LCM", TABLE), LcmTable)
    assert isinstance(levels_for(EULER, "Karras EDM", TABLE), EdmTable)


def test_a_flow_model_has_its_own() -> None:
    with pytest.raises(InvalidRequest, match="Karras EDM does not work") as refused:
        levels_for(EULER, "Karras EDM", FlowTable())
    assert refused.value.field == "scheduler"


def test_another_checkpoint_gets_the_same_kind() -> None:
    other = NoiseTable(TABLE.alphas_cumprod**1.1)
    assert levels_like(TABLE, other) is other
    distilled = levels_like(LcmTable.of(TABLE), other)
    assert isinstance(distilled, LcmTable)
    assert distilled.alphas_cumprod is not TABLE.alphas_cumprod
    assert isinstance(levels_like(EdmTable(), other), EdmTable)
