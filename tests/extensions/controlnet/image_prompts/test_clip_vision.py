"""CLIP's vision towers: found in local folders, built from shapes, fed as CLIP wants it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers.models.clip.configuration_clip import CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

from extensions.controlnet.image_prompts.clip_vision import (
    MEAN,
    SPREAD,
    LoadedEncoder,
    find_encoder,
    pixel_values,
    vision_config,
)
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.errors import MissingWeights
from tests.extensions.controlnet.ip_files import tiny_tower


def module(name: str) -> Preprocessor:
    found = find_preprocessor(name)
    assert found is not None
    return found


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ip-adapter_clip_sd15", "clip_vision/clip_h.pth"),
        ("ip-adapter_clip_h", "clip_h.safetensors"),
        ("ip-adapter_clip_sdxl_plus_vith", "clip_h/model.safetensors"),
        ("ip-adapter_clip_sdxl", "IP-Adapter/sdxl_models/image_encoder/model.safetensors"),
        ("ip-adapter_clip_sd15", "IP-Adapter/models/image_encoder/pytorch_model.bin"),
    ],
)
def test_towers_are_found_in_every_usual_place(tmp_path: Path, name: str, place: str) -> None:
    path = touch(tmp_path / place)
    assert find_encoder(module(name), [tmp_path / "elsewhere", tmp_path]) == path


def test_a_missing_tower_names_file_and_folder(tmp_path: Path) -> None:
    touch(tmp_path / "IP-Adapter/models/image_encoder/model.safetensors")
    with pytest.raises(
        MissingWeights, match=r"ip-adapter_clip_g needs clip_g\.pth .* in .*Preprocessor"
    ) as e:
        find_encoder(module("ip-adapter_clip_sdxl"), [tmp_path / "models" / "ControlNetPreprocessor"])
    assert e.value.field == "module"


@pytest.mark.parametrize(
    ("width", "hidden", "layers", "projection", "activation"),
    [(1280, 5120, 32, 1024, "gelu"), (1664, 8192, 48, 1280, "gelu"), (1024, 4096, 24, 768, "quick_gelu")],
)
def test_published_towers_are_inferred(
    tmp_path: Path, width: int, hidden: int, layers: int, projection: int, activation: str
) -> None:
    shapes = {
        "vision_model.post_layernorm.weight": (width,),
        "vision_model.embeddings.patch_embedding.weight": (width, 3, 14, 14),
        "vision_model.embeddings.position_embedding.weight": (257, width),
        "vision_model.encoder.layers.0.mlp.fc1.weight": (hidden, width),
        "visual_projection.weight": (projection, width),
        **{f"vision_model.encoder.layers.{i}.mlp.fc2.bias": (width,) for i in range(layers)},
    }
    config = vision_config(shapes, tmp_path / "config.json")
    assert (config.hidden_size, config.intermediate_size, config.projection_dim) == (
        width,
        hidden,
        projection,
    )
    assert (config.num_hidden_layers, config.num_attention_heads) == (layers, 16)
    assert (config.image_size, config.patch_size, config.hidden_act) == (224, 14, activation)


def test_pixels_are_squashed_and_normalised_and_masks_hide() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (56, 84, 3), np.uint8)
    values = pixel_values(picture, 28)
    assert values.shape == (1, 3, 28, 28)
    # shrinking to half the height and a third of the width is a mean over blocks of 2 x 3 pixels
    blocks = picture.reshape(28, 2, 28, 3, 3).mean(axis=(1, 3)) / 255.0
    wanted = torch.from_numpy((blocks - np.array(MEAN)) / np.array(SPREAD)).permute(2, 0, 1)[None]
    torch.testing.assert_close(values.double(), wanted, atol=0.02, rtol=0.0)
    mask = np.zeros((56, 84), np.uint8)
    mask[:, 42:] = 255
    masked = pixel_values(np.dstack([picture, mask]), 28)
    assert torch.equal(masked[..., :14], values[..., :14])
    assert bool((masked[..., 14:] == 0).all())


def test_embeddings_are_those_of_transformers(tmp_path: Path) -> None:
    tower = tiny_tower(tmp_path / "clip_h")
    path = find_encoder(module("ip-adapter_clip_sd15"), [tmp_path])
    picture = np.random.default_rng(1).integers(0, 256, (28, 28, 3), np.uint8)
    encoder = LoadedEncoder()
    made = encoder.embed(path, picture, torch.device("cpu"))
    with torch.no_grad():
        seen = tower(pixel_values(picture, 28), output_hidden_states=True)
        nothing = tower(torch.zeros(1, 3, 28, 28), output_hidden_states=True)
    torch.testing.assert_close(made.pooled, seen.image_embeds)
    torch.testing.assert_close(made.hidden, seen.hidden_states[-2])
    torch.testing.assert_close(made.empty_hidden, nothing.hidden_states[-2])
    (known,) = encoder.kept.shelf.contents
    encoder.embed(path, picture, torch.device("cpu"))
    assert [one is known for one in encoder.kept.shelf.contents] == [True]


def test_a_file_of_both_towers_is_read(tmp_path: Path) -> None:
    config = CLIPVisionConfig(
        hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=16, image_size=28,
        patch_size=14, projection_dim=8, hidden_act="gelu",
    )  # fmt: skip
    tower = CLIPVisionModelWithProjection(config).eval()
    path = tmp_path / "clip_vitl.safetensors"
    text = {"text_model.final_layer_norm.weight": torch.ones(4), "logit_scale": torch.ones(1)}
    save_file({**tower.state_dict(), **text}, path)
    picture = np.zeros((28, 28, 3), np.uint8)
    made = LoadedEncoder().embed(path, picture, torch.device("cpu"))
    with torch.no_grad():
        torch.testing.assert_close(made.pooled, tower(pixel_values(picture, 28)).image_embeds)
