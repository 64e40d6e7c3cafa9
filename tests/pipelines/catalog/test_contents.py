"""Files of another kind are recognised by their tensors, and their folders named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.adapters.hypernetwork_file import read_hypernetwork
from pipelines.catalog.contents import contents_of, instead
from pipelines.contract.errors import InvalidRequest, UnsupportedModel
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.vae import load_vae_file
from pipelines.families.sd.latents import SD_LATENTS
from pipelines.postprocess.upscale.network import load_network
from pipelines.text.embeddings.files import read_embedding

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")

NAMES = {
    "a LoRA network": ["lora_unet_down_blocks_0.lora_up.weight"],
    "a VAE in diffusers' layout": ["encoder.conv_in.weight", "encoder.down_blocks.0.resnets.0.conv1.weight"],
    "a VAE": ["encoder.down.0.block.0.conv1.weight", "decoder.conv_in.weight"],
    "a UNet in diffusers' layout": ["conv_in.weight", "down_blocks.0.resnets.0.conv1.weight"],
    "a ControlNet": ["control_model.input_hint_block.0.weight"],
    "an IP-Adapter": ["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"],
    "a checkpoint": [
        "model.diffusion_model.input_blocks.0.0.weight",
        "first_stage_model.encoder.conv_in.weight",
    ],
    "a textual inversion": ["emb_params"],
    "an upscaler": ["conv_first.weight", "body.0.rdb1.conv1.weight"],
}


@pytest.mark.parametrize("what", NAMES)
def test_kinds(what: str) -> None:
    found = contents_of(NAMES[what])
    assert found is not None
    assert found.what == what
    assert what in instead(NAMES[what], "hypernetwork")


def test_names_that_say_nothing() -> None:
    assert contents_of(["a", 3]) is None
    assert instead(["a"], "VAE") == "the file holds no VAE of a kind that is known"
    assert instead(NAMES["a VAE"], "upscaler").endswith("not an upscaler: it belongs in models/VAE")


def written(path: Path, names: list[str]) -> Path:
    save_file({name: torch.zeros(4) for name in names}, path)
    return path


def test_a_vae_of_a_diffusers_folder(tmp_path: Path) -> None:
    path = written(tmp_path / "v.safetensors", NAMES["a VAE in diffusers' layout"])
    with pytest.raises(UnsupportedModel, match=r"diffusers' layout.*original layout is needed") as caught:
        load_vae_file(path, dtype=torch.float32, channels=SD_LATENTS.channels)
    assert caught.value.field == "options.sd_vae"


@pytest.mark.parametrize("what", [what for what in NAMES if what != "a checkpoint"])
def test_no_checkpoint(tmp_path: Path, what: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"x\.safetensors.*{what}"):
        load_checkpoint(written(tmp_path / "x.safetensors", NAMES[what]))


@pytest.mark.parametrize("what", ["a LoRA network", "a VAE", "a checkpoint", "a ControlNet"])
def test_no_upscaler_embedding_or_hypernetwork(tmp_path: Path, what: str) -> None:
    path = written(tmp_path / "x.safetensors", [*NAMES[what], "other"])
    torch.save({name: torch.zeros(4) for name in NAMES[what]}, tmp_path / "x.pt")
    with pytest.raises(InvalidRequest, match=f"{what}, not an upscaler"):
        load_network(path, torch.device("cpu"))
    with pytest.raises(InvalidRequest, match=f"{what}, not a textual inversion"):
        read_embedding(path)
    with pytest.raises(InvalidRequest, match=f"{what}, not a hypernetwork"):
        read_hypernetwork(tmp_path / "x.pt")
