"""Every layer of a loaded model has the name that the original code gives it."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from safetensors import safe_open
from torch import nn
from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

from pipelines.adapters.patching.layers import Layers
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.layout import TextLayout
from pipelines.families.loading.text import build_open_clip
from pipelines.families.model import LoadedModel, TextEncoderPart
from pipelines.families.sd.family import SdTower
from pipelines.families.sd.layer_names import ldm_layer_names
from pipelines.families.sd.sdxl import SDXL


@pytest.fixture(scope="module")
def checkpoint(root: Path) -> Path:
    return root / "tests" / "data" / "models" / "Stable-diffusion" / "tiny-sd1.safetensors"


def test_names_are_those_of_the_file(checkpoint: Path) -> None:
    model = load_checkpoint(checkpoint)
    names = ldm_layer_names(model)
    with safe_open(checkpoint, "pt") as file:  # pyright: ignore[reportUnknownVariableType]
        keys = [str(key) for key in file.keys()]  # noqa: SIM118  # pyright: ignore[reportUnknownArgumentType]
    weights = {key.removesuffix(".weight") for key in keys if key.endswith(".weight")}
    unet = {key.removeprefix("model.").replace(".", "_") for key in weights if key.startswith("model.")}
    text = {key.removeprefix("cond_stage_model.").replace(".", "_") for key in weights if "text_model" in key}
    assert unet and text and unet | text <= names.keys()
    assert {name for name in names if name.startswith("diffusion_model_")} == unet


def test_open_clip_tower_of_sdxl() -> None:
    layout = TextLayout(width=64, layers=2, hidden=128, vocabulary=100, positions=77, projection=64)
    module = build_open_clip(layout)
    names = _names(module, SDXL.towers[1])
    parts = ("attn", "attn_out_proj", "mlp_c_fc", "mlp_c_proj", "ln_1", "ln_2")
    assert names.keys() == {f"1_model_transformer_resblocks_{n}_{part}" for n in range(2) for part in parts}
    layers = Layers.of(names, SDXL.find_layer)
    attention = module.get_submodule("text_model.encoder.layers.1.self_attn")
    assert layers.modules["1_model_transformer_resblocks_1_attn_v_proj"] is attention.get_submodule("v_proj")
    assert layers.modules["1_model_transformer_resblocks_1_attn_out_proj"] is attention.get_submodule(
        "out_proj"
    )


def _names(module: CLIPTextModelWithProjection, tower: SdTower) -> dict[str, nn.Module]:
    unet = SimpleNamespace(
        config={"layers_per_block": 2, "up_block_types": ()}, named_modules=lambda: iter(())
    )
    encoder = TextEncoderPart(module=module, tower=tower)
    model = cast("LoadedModel", SimpleNamespace(unet=unet, text_encoders=(encoder,)))
    return dict(ldm_layer_names(model))
