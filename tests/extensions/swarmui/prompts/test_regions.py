"""The tag of a place is read, and prompts of places are joined."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.prompts.regions import RegionPart, composed, read_region
from extensions.swarmui.prompts.tags import PromptTag
from pipelines.contract.errors import InvalidRequest


def read(name: str, content: str) -> RegionPart:
    return read_region(PromptTag(name=name, data="", content=content, whole=""), content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("region", "0,0.25,.5,1", {"strength": 1.0}),
        ("region", "0, 0.25, 0.5, 1, -0.3", {"strength": -0.3}),
        ("object", "0,0.25,0.5,1", {"strength": 0.5, "repaint": 0.5}),
        ("object", "0,0.25,0.5,1,0.1", {"strength": 0.1, "repaint": 0.5}),
        ("object", "0,0.25,0.5,1,0.1,0", {"strength": 0.1, "repaint": None}),
    ],
)
def test_sides_strength_and_creativity(name: str, content: str, said: dict[str, Any]) -> None:
    assert read(name, content) == RegionPart(x=0, y=0.25, width=0.5, height=1, **said)


@pytest.mark.parametrize("content", ["", "0,0,1,a", "0,0,1,1,0.5,0.5", "0,0,1,1,nan"])
def test_what_is_no_place_is_refused(content: str) -> None:
    with pytest.raises(InvalidRequest, match="parameter Prompt: <region:"):
        read("region", content)


def test_words_that_join_parts_elsewhere_join_none_here() -> None:
    assert composed("a AND b", "SAND", "c") == "a and b AND SAND AND c"
