"""Added families are asked before the built-in ones, and refusals before both are exhausted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.loading.layout import Shapes
from pipelines.families.registry import BUILT_IN, recognise
from pipelines.families.sd.family import SdFamily
from pipelines.families.sd.sd1 import SD1

FLUX: Shapes = {"double_blocks.0.img_attn.qkv.weight": (1,)}


class Added(SdFamily):
    """A family that takes what the built-in ones refuse."""

    def recognises(self, shapes: Shapes) -> bool:
        return "double_blocks.0.img_attn.qkv.weight" in shapes


def test_an_added_family_takes_what_was_refused() -> None:
    added = Added(
        name="mine",
        title="Mine",
        native_side=512,
        latents=SD1.latents,
        previews=SD1.previews,
        words=SD1.words,
        towers=SD1.towers,
    )
    with pytest.raises(UnsupportedModel, match="FLUX"):
        recognise(FLUX)
    assert recognise(FLUX, (added, *BUILT_IN)) is added


def test_the_first_that_knows_a_file_has_it() -> None:
    other = replace(SD1, title="Another")
    shapes: Shapes = {"model.diffusion_model.input_blocks.0.0.weight": (320, 4, 3, 3)}
    assert recognise(shapes, (other, *BUILT_IN)).title == "Another"
    assert recognise(shapes).title == SD1.title
