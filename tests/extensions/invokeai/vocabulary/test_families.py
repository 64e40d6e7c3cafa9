"""Families and InvokeAI's bases mean each other."""

from __future__ import annotations

from extensions.invokeai.vocabulary.families import BASES
from extensions.invokeai.vocabulary.models import BaseModelType
from pipelines.families.registry import BUILT_IN


def test_every_family_that_runs_here_is_a_base_of_its_own() -> None:
    assert {family.name for family in BUILT_IN} <= BASES.keys()
    assert len(set(BASES.values())) == len(BASES)
    assert BaseModelType.Unknown not in BASES.values()
