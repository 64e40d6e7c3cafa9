"""The UNet's cross-attentions in the order of adapters' files, and the numbers of their transformers."""

from __future__ import annotations

import pytest

from extensions.controlnet.image_prompts.cross_attention import cross_attentions, key_shape, transformer_count
from tests.extensions.controlnet import tiny


@pytest.mark.parametrize(("sdxl", "count"), [(False, 16), (True, 11)])
def test_transformers_are_counted_whatever_their_depth(sdxl: bool, count: int) -> None:
    assert transformer_count(tiny.tiny_model(sdxl=sdxl).unet) == count


def test_the_middle_comes_last_in_files_and_between_in_evaluation() -> None:
    numbers = [number for number, _ in cross_attentions(tiny.tiny_model().unet)]
    assert numbers == [*range(6), *range(7, 16), 6]


def test_blocks_of_a_transformer_share_its_number() -> None:
    numbers = [number for number, _ in cross_attentions(tiny.tiny_model(sdxl=True).unet)]
    # levels of one and two blocks on the way down, then up with the deeper level first; two in the middle
    assert numbers == [0, 1, 2, 2, 3, 3, 5, 5, 6, 6, 7, 7, 8, 9, 10, 4, 4]


def test_keys_have_the_width_of_their_level() -> None:
    shapes = [key_shape(owner) for _, owner in cross_attentions(tiny.tiny_model().unet)]
    assert shapes[0] == (tiny.SD1_WIDTHS[0], tiny.CONTEXT)
    assert shapes[-1] == (tiny.SD1_WIDTHS[-1], tiny.CONTEXT)
