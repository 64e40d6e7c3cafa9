"""Models on edges are identified by their config, and their parts by a copy."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from extensions.invokeai.fields.model_values import FreeUConfig, ModelIdentifierField
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import SubModelType

CONFIG = AnyModelConfig.model_validate(
    {"key": "k", "hash": "h", "path": "/m", "name": "m", "type": "main", "format": "checkpoint",
     "base": "sdxl", "source": "/m"}
)  # fmt: skip


def test_a_config_identifies_its_model() -> None:
    whole = ModelIdentifierField.from_config(CONFIG)
    facts = {"key": "k", "hash": "h", "name": "m", "base": "sdxl", "type": "main"}
    assert whole.model_dump(mode="json") == {**facts, "submodel_type": None}
    assert ModelIdentifierField.from_config(CONFIG, SubModelType.VAE) == whole.part(SubModelType.VAE)


def test_a_part_leaves_the_model_as_it_is() -> None:
    whole = ModelIdentifierField.from_config(CONFIG)
    part = whole.part(SubModelType.UNet)
    assert (part.submodel_type, part.key, whole.submodel_type) == (SubModelType.UNet, "k", None)


@pytest.mark.parametrize("factor", [-1.1, 3.1])
def test_factors_of_freeu_have_a_range(factor: float) -> None:
    FreeUConfig(s1=-1, s2=3, b1=-1, b2=3)
    for name in ("s1", "s2", "b1", "b2"):
        with pytest.raises(ValidationError, match=name):
            FreeUConfig.model_validate({"s1": 1, "s2": 1, "b1": 1, "b2": 1, name: factor})
