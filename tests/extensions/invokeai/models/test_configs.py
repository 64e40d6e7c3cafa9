"""Configs are built from dictionaries, and later entries win."""

from __future__ import annotations

from typing import Any

from extensions.invokeai.models.configs import ModelConfigFactory
from extensions.invokeai.vocabulary.models import ModelFormat, ModelType

FACTS: dict[str, Any] = {
    "key": "k", "hash": "h", "path": "/m", "name": "m", "type": "lora", "format": "lycoris", "base": "sd-1",
    "source": "/m", "phase": "new",
}  # fmt: skip


def test_a_dictionary_becomes_a_config_with_all_its_entries() -> None:
    config = ModelConfigFactory.from_dict(FACTS)
    assert (config.type, config.format, config.description) == (ModelType.LoRA, ModelFormat.LyCORIS, "")
    assert config.model_dump(mode="json")["phase"] == "new"


def test_arguments_win_over_the_dictionary() -> None:
    assert ModelConfigFactory.make_config(FACTS, key="other", name="n").model_dump(
        include={"key", "name", "path"}
    ) == {"key": "other", "name": "n", "path": "/m"}
