"""The Stable Diffusion families differ where their papers and A1111 make them differ."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.loading.layout import Shapes
from pipelines.families.model import LoadedModel
from pipelines.families.registry import BUILT_IN
from pipelines.families.sd.family import SdFamily, heads_of
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sd2 import SD2
from pipelines.families.sd.sdxl import SDXL, SDXL_REFINER
from pipelines.families.sd.trainable import SdTrainable

CONV = "model.diffusion_model.input_blocks.0.0.weight"
FILES: dict[str, Shapes] = {
    "sd1": {CONV: (320, 4, 3, 3)},
    "sd2": {
        CONV: (320, 4, 3, 3),
        "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight": (3072, 1024),
    },
    "sdxl": {CONV: (320, 4, 3, 3), "conditioner.embedders.1.model.ln_final.weight": (1280,)},
    "sdxl_refiner": {CONV: (384, 4, 3, 3), "conditioner.embedders.0.model.ln_final.weight": (1280,)},
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_one_family(name: str) -> None:
    assert [family.name for family in BUILT_IN if family.recognises(FILES[name])] == [name]


@pytest.mark.parametrize(
    ("family", "kinds", "added"),
    [
        (SD1, ["clip"], 0),
        (SD2, ["open_clip"], 0),
        (SDXL, ["clip", "open_clip"], 6 * 256),
        (SDXL_REFINER, ["open_clip"], 5 * 256),
    ],
)
def test_a_text_plan_has_the_towers_and_numbers(family: SdFamily, kinds: list[str], added: int) -> None:
    plan = family.text
    assert ([tower.kind for tower in plan.towers], plan.join) == (kinds, "width")
    assert plan.added_width == added
    assert (plan.vector is not None) == plan.blank_negative == (added > 0)
    assert plan.towers[plan.pooled_from].kind == kinds[-1]


@pytest.mark.parametrize(("family", "original"), [(SD1, False), (SD2, False), (SDXL, True)])
def test_trained_files_of_sdxl_have_the_original_names(family: SdFamily, original: bool) -> None:
    training = family.training
    assert isinstance(training, SdTrainable)
    assert (training.words, training.original) == (family.words, original)


def test_sdxl_counts_the_depth_of_attention_by_block() -> None:
    path = "down_blocks.1.attentions.0.transformer_blocks.1.attn1"
    assert SD1.attention_depth(path, 4) == 1
    assert SDXL.attention_depth(path, 3) == 1
    assert SDXL.attention_depth(path.replace("blocks.1.attn1", "blocks.0.attn1"), 3) == 0


def test_heads_are_a_number_or_64_channels_each() -> None:
    def heads(family: object) -> int | None:
        return heads_of(cast("LoadedModel", SimpleNamespace(name="x", family=family)))

    assert (heads(SD1), heads(SD2), heads(SDXL)) == (8, None, None)
    with pytest.raises(UnsupportedModel, match="x has no UNet: it is a FLUX checkpoint"):
        heads(SimpleNamespace(title="FLUX"))
