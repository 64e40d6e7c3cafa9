"""NovelAI's metadata as an infotext, and whatever isn't NovelAI's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.pictures.novelai import novelai_infotext

DATA = {"steps": 28, "sampler": "k_euler", "scale": 11.0, "seed": 5, "uc": "bad", "prompt": "a dog"}


def items(**changes: Any) -> dict[str, Any]:
    """The texts of a picture with these changes to its data; None leaves a fact out."""
    data = {key: value for key, value in (DATA | changes).items() if value is not None}
    return {"Software": "NovelAI", "Description": "a cat", "Comment": json.dumps(data)}


def test_all_facts_stand_in_their_places() -> None:
    assert novelai_infotext(items(), (512, 768)) == (
        "a cat\n"
        "Negative prompt: bad\n"
        "Steps: 28, Sampler: Euler, CFG scale: 11.0, Seed: 5, Size: 512x768, Clip skip: 2, ENSD: 31337"
    )


@pytest.mark.parametrize(
    ("sampler", "name"),
    [("k_euler_ancestral", "Euler a"), ("ddim", "DDIM"), ("euler", "Euler"), ("unheard of", "Euler a")],
)
def test_samplers_have_their_names_here(sampler: str, name: str) -> None:
    text = novelai_infotext(items(sampler=sampler), (1, 1))
    assert text is not None and f"Sampler: {name}," in text


def test_the_prompt_is_the_description_or_in_the_data() -> None:
    texts = items()
    del texts["Description"]
    assert (novelai_infotext(texts, (1, 1)) or "").startswith("a dog\n")


@pytest.mark.parametrize("missing", ["steps", "sampler", "scale", "seed", "uc"])
def test_data_without_a_fact_is_no_infotext(missing: str) -> None:
    assert novelai_infotext(items(**{missing: None}), (1, 1)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"Software": "other"},
        {"Comment": "no json"},
        {"Comment": "3"},
        {"Comment": "[" * 100_000},
        {"Comment": 3},
    ],
)
def test_what_is_not_novelais_is_none(changes: dict[str, Any]) -> None:
    assert novelai_infotext(items() | changes, (1, 1)) is None
    assert novelai_infotext({}, (1, 1)) is None
