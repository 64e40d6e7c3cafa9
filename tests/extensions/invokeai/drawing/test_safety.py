"""The safety checker, with random weights in the published layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import CLIPConfig, CLIPTextConfig, CLIPVisionConfig

from extensions.invokeai.drawing.safety import load_checker
from extensions.invokeai.models.checker_files import FILES


def write_checker(folder: Path, *, objects: bool) -> None:
    """One that objects to everything or to nothing."""
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

    small: dict[str, Any] = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1}
    small |= {"num_attention_heads": 1, "projection_dim": 4}
    vision = CLIPVisionConfig(**small, image_size=32, patch_size=16)
    text = CLIPTextConfig(**small, vocab_size=16)
    network: Any = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=4)
    )
    level = torch.full((17,), -2.0 if objects else 2.0)
    network.concept_embeds_weights.data = level
    network.special_care_embeds_weights.data = torch.full((3,), 2.0)
    network.save_pretrained(folder)
    sizes = {"crop_size": {"height": 32, "width": 32}, "size": {"shortest_edge": 32}}
    (folder / "preprocessor_config.json").write_text(json.dumps(sizes))


@pytest.mark.parametrize("objects", [True, False])
def test_it_objects_by_its_levels(objects: bool, tmp_path: Path) -> None:
    write_checker(tmp_path, objects=objects)
    assert all((tmp_path / name).is_file() for name in FILES)
    assert load_checker(tmp_path)(Image.new("RGB", (64, 48), "red")) is objects
