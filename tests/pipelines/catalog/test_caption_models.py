"""Names of the models that describe pictures."""

from __future__ import annotations

import pytest

from pipelines.catalog.caption_models import CLIP, TAGS, caption_model


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("clip", CLIP),
        (" CLIP", CLIP),
        ("deepdanbooru", TAGS),
        ("deepBooru", TAGS),
        ("blip", None),
        ("", None),
    ],
)
def test_a_name_means_a_model_in_whatever_letters(name: str, model: str | None) -> None:
    assert caption_model(name) == model
