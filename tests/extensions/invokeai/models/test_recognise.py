"""Weight files are recognised by the names and shapes of their tensors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from extensions.invokeai.models.recognise import (
    adapter_base,
    control_type,
    main_base,
    shapes_of,
    vae_base,
    variant_of,
)
from extensions.invokeai.vocabulary.models import BaseModelType, ModelType, ModelVariantType

TINY = Path(__file__).resolve().parents[3] / "data" / "models"
ATTENTION = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"


def of_width(file: Path, name: str, width: int) -> Path:
    save_file({name: torch.zeros(4, width)}, file)
    return file


@pytest.mark.parametrize(
    ("width", "base"),
    [
        (768, BaseModelType.StableDiffusion1),
        (1024, BaseModelType.StableDiffusion2),
        (2048, BaseModelType.StableDiffusionXL),
        (1280, BaseModelType.StableDiffusionXLRefiner),
        (5, BaseModelType.StableDiffusion1),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        f"{ATTENTION}.weight",
        "lora_unet_down_blocks_0_attn2_to_k.lora_down.weight",
        f"unet.{ATTENTION}.lora_A.weight",
        "ip_adapter.1.to_k_ip.weight",
    ],
)
def test_the_width_of_the_text_names_the_family(
    name: str, width: int, base: BaseModelType, tmp_path: Path
) -> None:
    assert adapter_base(of_width(tmp_path / "a.safetensors", name, width)) is base


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("lora_te2_text_model_encoder_layers_0.lora_down.weight", BaseModelType.StableDiffusionXL),
        ("text_encoder_2.layers.0.lora_A.weight", BaseModelType.StableDiffusionXL),
        ("lora_unet_double_blocks_0_img_attn.lora_down.weight", BaseModelType.Flux),
        ("transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight", BaseModelType.Flux),
        ("lora_te_text_model_encoder_layers_0.lora_down.weight", BaseModelType.StableDiffusion1),
    ],
)
def test_names_of_parts_name_the_family(name: str, base: BaseModelType, tmp_path: Path) -> None:
    assert adapter_base(of_width(tmp_path / "a.safetensors", name, 2048)) is base


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ip_adapter.1.to_k_ip.weight", ModelType.IPAdapter),
        ("image_proj.proj.weight", ModelType.IPAdapter),
        ("adapter.body.0.in_conv.weight", ModelType.T2IAdapter),
        ("body.0.block1.weight", ModelType.T2IAdapter),
        ("control_model.zero_convs.0.0.weight", ModelType.ControlNet),
        ("controlnet_cond_embedding.conv_in.weight", ModelType.ControlNet),
    ],
)
def test_control_models_are_told_apart(name: str, kind: ModelType, tmp_path: Path) -> None:
    assert control_type(of_width(tmp_path / "a.safetensors", name, 4)) is kind


def test_files_that_cannot_be_read_are_of_the_plain_kind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"no weights")
    for file in (broken, tmp_path / "missing.safetensors"):
        assert shapes_of(file) == {}
        assert (main_base(file), variant_of(file)) == (BaseModelType.Unknown, ModelVariantType.Normal)
        assert (adapter_base(file), control_type(file)) == (
            BaseModelType.StableDiffusion1,
            ModelType.ControlNet,
        )


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("sdxl_vae.safetensors", BaseModelType.StableDiffusionXL),
        ("fixed-XL.vae.pt", BaseModelType.StableDiffusionXL),
        ("vae-ft-mse-840000.ckpt", BaseModelType.StableDiffusion1),
    ],
)
def test_a_vaes_name_tells_its_family(name: str, base: BaseModelType) -> None:
    assert vae_base(Path("VAE") / name) is base


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = of_width(tmp_path / "a.safetensors", f"{ATTENTION}.weight", 768)
    assert adapter_base(file) is BaseModelType.StableDiffusion1
    of_width(file, f"{ATTENTION}.weight", 2048)
    os.utime(file, (1, 1))
    assert adapter_base(file) is BaseModelType.StableDiffusionXL


def test_a_real_checkpoint_has_its_family_and_variant() -> None:
    file = TINY / "Stable-diffusion" / "tiny-sd1.safetensors"
    assert main_base(file) is BaseModelType.StableDiffusion1
    assert variant_of(file) is ModelVariantType.Normal
