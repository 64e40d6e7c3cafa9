"""Parts of a checkpoint for nodes: networks, tokenizers, and its noise levels as a scheduler."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from extensions.invokeai.context import submodels
from extensions.invokeai.context.submodels import load_part
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import SubModelType

ALPHAS = torch.tensor([0.9, 0.45, 0.09])


class StandInModel:
    """A checkpoint with one text encoder that notes which part is brought to the device."""

    def __init__(self) -> None:
        self.backbone = "unet"
        self.codec = SimpleNamespace(module="autoencoder")
        self.text_encoders = (SimpleNamespace(module="encoder", tower=SimpleNamespace(part="text 0")),)
        self.noise = SimpleNamespace(
            table=lambda: SimpleNamespace(alphas_cumprod=ALPHAS), predicts="v_prediction"
        )
        self.placed: list[str] = []

    def require(self, part: str) -> None:
        self.placed.append(part)


@pytest.fixture
def checkpoint() -> StandInModel:
    return StandInModel()


def part(checkpoint: StandInModel, kind: SubModelType | None) -> Any:
    services: Any = SimpleNamespace(load_checkpoint=lambda path, options: checkpoint)
    return load_part(services, config("m.safetensors", "main"), kind)


def config(path: str, kind: str) -> AnyModelConfig:
    return AnyModelConfig.model_validate(
        {"key": "k", "hash": "", "path": path, "name": "m", "type": kind, "format": "checkpoint",
         "base": "sd-1", "source": path}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "model", "place"),
    [
        (SubModelType.UNet, "unet", "backbone"),
        (SubModelType.Transformer, "unet", "backbone"),
        (SubModelType.VAE, "autoencoder", "vae"),
        (SubModelType.TextEncoder, "encoder", "text 0"),
    ],
)
def test_a_network_is_placed_when_it_is_entered(
    kind: SubModelType, model: str, place: str, checkpoint: StandInModel
) -> None:
    loaded = part(checkpoint, kind)
    assert checkpoint.placed == []
    with loaded as entered:
        assert (entered, checkpoint.placed) == (model, [place])


@pytest.mark.parametrize("kind", [SubModelType.Tokenizer, SubModelType.Tokenizer2])
def test_tokenizers_are_clips(
    kind: SubModelType, checkpoint: StandInModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submodels, "clip_tokenizer", lambda: "tokenizer")
    assert part(checkpoint, kind).model == "tokenizer"


def test_the_scheduler_has_the_checkpoints_noise(checkpoint: StandInModel) -> None:
    scheduler = part(checkpoint, SubModelType.Scheduler).model
    assert torch.allclose(scheduler.alphas_cumprod, ALPHAS)
    assert torch.allclose(scheduler.betas, torch.tensor([0.1, 0.5, 0.8]))
    assert scheduler.config["prediction_type"] == "v_prediction"


def test_the_scheduler_is_stable_diffusions_otherwise(checkpoint: StandInModel) -> None:
    """As its published ``scheduler_config.json`` has it."""
    config = part(checkpoint, SubModelType.Scheduler).model.config
    assert (config["clip_sample"], config["set_alpha_to_one"], config["steps_offset"]) == (False, False, 1)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (None, "loaded by parts"),
        (SubModelType.TextEncoder2, "has 1 text encoders"),
        (SubModelType.SafetyChecker, "has no part safety_checker"),
    ],
)
def test_parts_that_are_not_there_are_refused(
    kind: SubModelType | None, said: str, checkpoint: StandInModel
) -> None:
    with pytest.raises(ValueError, match=said):
        part(checkpoint, kind)


def test_another_file_is_its_tensors(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_file({"weight": torch.ones(2)}, file)
    services: Any = None
    assert load_part(services, config(str(file), "lora"), None).model["weight"].tolist() == [1.0, 1.0]
