"""Ids are what remains of a name."""

from __future__ import annotations

import pytest

from extensions.swarmui.words.names import clean


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CFG Scale", "cfgscale"),
        ("cfg_scale", "cfgscale"),
        ("T5-XXL Model", "txxlmodel"),
        ("Do Not Save", "donotsave"),
        ("ſteps", "teps"),
        ("", ""),
    ],
)
def test_spelling_does_not_count(name: str, meant: str) -> None:
    assert clean(name) == meant
