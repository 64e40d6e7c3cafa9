"""Hints for editors: those in use, and those on models, which became filters."""

from __future__ import annotations

import pytest

from extensions.invokeai.vocabulary import ui_types
from extensions.invokeai.vocabulary.ui_types import OUT_OF_USE, UIType, model_filter


def test_six_hints_are_in_use() -> None:
    kept = {member.name for member in UIType if not member.value.startswith(OUT_OF_USE)}
    assert kept == {"Scheduler", "Any", "SavedWorkflow", "_Collection", "_CollectionItem", "_IsIntermediate"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Scheduler", "SchedulerField"),
        ("Image", "DEPRECATED_Image"),
        ("ImageCollection", "DEPRECATED_ImageCollection"),
        ("ImagePolymorphic", "DEPRECATED_ImagePolymorphic"),
        ("MainModel", "DEPRECATED_MainModelField"),
        ("LlavaOnevisionModel", "DEPRECATED_LLaVAModelField"),
    ],
)
def test_hints_have_the_values_of_the_original(name: str, value: str) -> None:
    assert UIType[name].value == value


@pytest.mark.parametrize(
    ("name", "lists"),
    [
        ("MainModel", {"ui_model_base": ["sd-1", "sd-2"], "ui_model_type": ["main"]}),
        ("FluxVAEModel", {"ui_model_base": ["flux", "flux2"], "ui_model_type": ["vae"]}),
        ("CLIPGEmbedModel", {"ui_model_type": ["clip_embed"], "ui_model_variant": ["gigantic"]}),
        ("LoRAModel", {"ui_model_type": ["lora"]}),
        ("Image", {}),
        ("Scheduler", {}),
    ],
)
def test_hints_on_models_become_filters(name: str, lists: dict[str, list[str]]) -> None:
    assert model_filter(UIType[name]) == lists


def test_every_filter_belongs_to_a_hint() -> None:
    assert ui_types._MEANT.keys() <= UIType.__members__.keys()  # pyright: ignore[reportPrivateUsage]
