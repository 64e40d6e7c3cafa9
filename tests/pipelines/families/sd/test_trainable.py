"""The trained layers of a Stable Diffusion model, and their names in files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.families.load import load_checkpoint
from pipelines.families.trained import TrainedPart
from tests.tiny_checkpoints import write_tiny

UNET_LAYERS = {
    "sd1": "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q",
    "sd2": "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q",
    "sdxl": "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q",
}
TEXTS = {"sd1": ["lora_te_"], "sd2": ["lora_te_"], "sdxl": ["lora_te1_", "lora_te2_"]}


def keys(part: TrainedPart) -> list[str]:
    """Names in files of all layers that are trained."""
    paths = [path for path, _ in part.root.named_modules()]
    return [part.key(path) for path in paths if re.fullmatch(part.pattern, path)]


@pytest.mark.parametrize(
    "name", ["sdxl", *(pytest.param(name, marks=pytest.mark.slow) for name in ("sd1", "sd2"))]
)
def test_files_call_layers_as_kohyas_do(name: str, models_dir: Path, tmp_path: Path) -> None:
    small = {"sd1": models_dir / "Stable-diffusion" / "tiny-sd1.safetensors", **write_tiny(tmp_path)}
    model = load_checkpoint(small[name])
    training = model.family.training
    assert training is not None
    found = keys(training.backbone(model))
    assert UNET_LAYERS[name] in found
    assert all(model.family.find_layer(key, model.family.layers(model)) for key in found)
    parts = training.text(model)
    for part, prefix in zip(parts, TEXTS[name], strict=True):
        texts = keys(part)
        assert texts
        assert all(key.startswith(f"{prefix}text_model_encoder_layers_") for key in texts)


def test_gradients_take_more_for_larger_pictures(models_dir: Path) -> None:
    model = load_checkpoint(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    training = model.family.training
    assert training is not None
    small, large = (training.graph_numbers(model, side, side) for side in (64, 128))
    assert 0 < 4 * small == large
