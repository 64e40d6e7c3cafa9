"""The names of families in files of trained adapters."""

from __future__ import annotations

import pytest

from pipelines.families.base import Family
from pipelines.families.registry import BUILT_IN
from pipelines.families.trained import AdapterWords


@pytest.mark.parametrize("family", BUILT_IN, ids=lambda family: family.name)
def test_every_family_has_words_of_its_own(family: Family) -> None:
    words = {one.name: _words(one) for one in BUILT_IN}
    mine = words.pop(family.name)
    assert mine.version not in {other.version for other in words.values()}
    assert mine.architecture not in {other.architecture for other in words.values()}


def _words(family: Family) -> AdapterWords:
    assert family.training is not None
    return family.training.words
