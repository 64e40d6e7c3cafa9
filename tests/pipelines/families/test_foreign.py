"""Unsupported families are named by their marks, and other files by what they hold."""

from __future__ import annotations

import pytest

from pipelines.families.foreign import MARKS, NETWORK, foreign_title, what_instead
from pipelines.families.loading.layout import Shapes


def shapes(*names: str) -> Shapes:
    return dict.fromkeys(names, (1,))


@pytest.mark.parametrize(("mark", "title"), MARKS)
def test_every_mark_names_its_family(mark: str, title: str) -> None:
    name = f"{mark}anything.weight" if mark.endswith(".") else mark
    assert foreign_title(shapes("first.weight", name)) == title


def test_a_mark_must_begin_a_name_or_be_all_of_it() -> None:
    assert foreign_title(shapes("x.double_blocks.0.img.weight")) is None
    assert foreign_title(shapes("mlp_t5.0.weight_extra", "clf.1.weights")) is None
    assert foreign_title({}) is None


def test_the_first_mark_decides() -> None:
    both = shapes(f"{NETWORK}joint_blocks.0.a", f"{NETWORK}double_blocks.0.a")
    assert foreign_title(both) == "FLUX"


def test_a_unet_alone_is_said_to_be_none_of_ours() -> None:
    for names in ((), (f"{NETWORK}unknown.weight",), ("anything",)):
        assert what_instead(shapes(*names)) == "the file holds no Stable Diffusion UNet"


def test_other_files_are_described_with_their_place() -> None:
    assert what_instead(shapes("lora_unet_x.lora_up.weight")) == (
        "the file is a LoRA network, not a checkpoint: it belongs in models/Lora"
    )
