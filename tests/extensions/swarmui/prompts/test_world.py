"""Notes about one prompt: what was used, what is a warning, and how much it may come to."""

from __future__ import annotations

import random

import pytest

from extensions.swarmui.prompts.world import MOST_CHARACTERS, MOST_TAGS, Filling, PromptWorld
from pipelines.contract.errors import InvalidRequest


@pytest.fixture
def filling() -> Filling:
    return Filling(world=PromptWorld(), chance=random.Random(1))


def test_names_and_warnings_are_noted_once(filling: Filling) -> None:
    for name in ("a", "b", "a"):
        filling.use("loras", name)
        filling.warn(f"no {name}")
    assert filling.used == {"loras": ["a", "b"]}
    assert filling.warnings == ["no a", "no b"]


def test_tags_are_bounded(filling: Filling) -> None:
    for _ in range(MOST_TAGS):
        filling.count(0)
    with pytest.raises(InvalidRequest, match="too much text"):
        filling.count(0)


def test_their_text_is_bounded(filling: Filling) -> None:
    filling.count(MOST_CHARACTERS)
    with pytest.raises(InvalidRequest, match="too much text"):
        filling.count(1)


def test_a_world_without_names_has_none() -> None:
    world = PromptWorld()
    assert (list(world.wildcard("x")), world.preset("x")) == ([], None)
