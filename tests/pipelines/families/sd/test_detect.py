"""Families and variants are recognised, and those that are not supported are named."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.registry import BUILT_IN, recognise
from pipelines.families.sd.detect import variant_of

FIRST = "model.diffusion_model.input_blocks.0.0.weight"
SD2_TEXT = "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"


def shapes(*names: str, channels: int = 4) -> dict[str, tuple[int, ...]]:
    """A first convolution beside some marks."""
    return {FIRST: (320, channels, 3, 3), **dict.fromkeys(names, (1024,))}


@pytest.mark.parametrize(
    ("marks", "channels", "family", "conditioning"),
    [
        ((), 4, "sd1", "none"),
        ((), 9, "sd1", "inpaint"),
        ((), 8, "sd1", "edit"),
        ((SD2_TEXT,), 4, "sd2", "none"),
        ((SD2_TEXT,), 9, "sd2", "inpaint"),
        (("conditioner.embedders.1.model.ln_final.weight",), 4, "sdxl", "none"),
        (("conditioner.embedders.1.model.ln_final.weight",), 9, "sdxl", "inpaint"),
        (("conditioner.embedders.0.model.ln_final.weight",), 4, "sdxl_refiner", "none"),
    ],
)
def test_families(marks: tuple[str, ...], channels: int, family: str, conditioning: str) -> None:
    given = shapes(*marks, channels=channels)
    assert recognise(given).name == family
    assert variant_of(family, given).conditioning == conditioning


def test_only_plain_sd2_is_asked_for_its_prediction() -> None:
    assert variant_of("sd2", shapes(SD2_TEXT)).v_test
    assert not variant_of("sd2", shapes(SD2_TEXT, channels=9)).v_test
    assert not variant_of("sd1", shapes()).v_test


@pytest.mark.parametrize(
    ("mark", "title"),
    [
        ("model.diffusion_model.x_embedder.proj.weight", "Stable Diffusion 3"),
        ("model.diffusion_model.double_blocks.0.img_attn.qkv.weight", "FLUX"),
        ("double_blocks.0.img_attn.qkv.weight", "FLUX"),
        ("depth_model.model.pretrained.act_postprocess3.0.project.0.bias", "depth"),
        ("embedder.model.ln_final.weight", "unCLIP"),
        ("cond_stage_model.roberta.embeddings.word_embeddings.weight", "AltDiffusion"),
    ],
)
def test_other_families_are_refused_by_name(mark: str, title: str) -> None:
    with pytest.raises(UnsupportedModel, match=rf"{title}.*not supported yet"):
        recognise(shapes(mark))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lora_unet_mid_block.lora_up.weight", "LoRA"),
        ("decoder.conv_in.weight", "VAE"),
        ("down_blocks.0.resnets.0.conv1.weight", "diffusers"),
        ("anything", "no Stable Diffusion UNet"),
    ],
)
def test_files_that_are_no_checkpoints_are_told_what_they_are(name: str, words: str) -> None:
    with pytest.raises(UnsupportedModel, match=words):
        recognise({name: (1,)})


def test_odd_channel_counts_are_refused() -> None:
    with pytest.raises(UnsupportedModel, match="7 input channels"):
        variant_of("sd1", shapes(channels=7))


def test_a_file_is_of_one_family_at_most() -> None:
    for marks in ((), (SD2_TEXT,), ("conditioner.embedders.1.model.ln_final.weight",)):
        assert sum(family.recognises(shapes(*marks)) for family in BUILT_IN) == 1


def test_families_are_asked_in_their_order() -> None:
    assert recognise(shapes(), (*BUILT_IN[::-1], *BUILT_IN)).name == "sd1"
    with pytest.raises(UnsupportedModel):
        recognise(shapes(), ())
