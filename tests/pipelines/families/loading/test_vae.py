"""Autoencoders are built for the layout of their files, and unfit files are named with the option."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.families.loading.layout import VaeLayout
from pipelines.families.loading.vae import build_vae, load_vae_file
from tools.published import vae_shapes

LAYOUT = VaeLayout(widths=(32, 32), blocks_per_level=1, latent_channels=4, quant_convs=True)
FIRST_UP = "decoder.up.0.block.0.conv1.weight"


def tensors(layout: VaeLayout = LAYOUT, prefix: str = "") -> dict[str, Tensor]:
    return {prefix + name: torch.zeros(shape) for name, shape in vae_shapes(layout).items()}


def loaded(folder: Path, content: dict[str, Tensor], channels: int = 4) -> dict[str, Tensor]:
    save_file(content, folder / "v.safetensors")
    return load_vae_file(folder / "v.safetensors", dtype=torch.bfloat16, channels=channels).state_dict()


@pytest.mark.parametrize("prefix", ["", "first_stage_model."])
def test_levels_of_the_decoder_count_from_the_other_end(tmp_path: Path, prefix: str) -> None:
    content = tensors(prefix=prefix)
    content[prefix + FIRST_UP] += 1
    state = loaded(tmp_path, content)
    full_resolution = state["decoder.up_blocks.1.resnets.0.conv1.weight"]
    assert full_resolution.dtype is torch.bfloat16
    assert bool((full_resolution == 1).all())
    assert not state["decoder.up_blocks.0.resnets.0.conv1.weight"].any()


def test_an_empty_autoencoder_takes_no_memory() -> None:
    vae = build_vae(LAYOUT)
    assert all(parameter.is_meta for parameter in vae.parameters())
    assert {len(vae.encoder.down_blocks), len(vae.decoder.up_blocks)} == {2}


def test_latents_of_other_channels_are_refused(tmp_path: Path) -> None:
    words = r"^v\.safetensors makes latents of 4 channels, the checkpoint takes 16$"
    with pytest.raises(UnsupportedModel, match=words) as caught:
        loaded(tmp_path, tensors(), channels=16)
    assert caught.value.field == "options.sd_vae"


def test_a_missing_tensor_makes_the_file_unusable(tmp_path: Path) -> None:
    content = {name: tensor for name, tensor in tensors().items() if name != FIRST_UP}
    with pytest.raises(CorruptFile, match=r"^v\.safetensors is not a usable VAE: .*lacks 1 tensors"):
        loaded(tmp_path, content)


def test_a_file_of_another_kind_is_described(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModel, match=r"^v\.safetensors: the file is a LoRA network") as caught:
        loaded(tmp_path, {"lora_unet_x.lora_up.weight": torch.ones(1)})
    assert caught.value.field == "options.sd_vae"
