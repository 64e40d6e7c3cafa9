"""MobileSAM: colours of what was found, and the real network with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from extensions.controlnet.maps.aux_package import aux_module
from extensions.controlnet.maps.detectors.mobile_sam import coloured
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import find_preprocessor


def test_small_things_lie_above_large_ones() -> None:
    large, small = np.zeros((8, 8), np.bool_), np.zeros((8, 8), np.bool_)
    large[:, :6] = True
    small[2:4, 2:4] = True
    things = [{"area": 4, "segmentation": small}, {"area": 48, "segmentation": large}]
    made = coloured(things, (8, 8), np.random.RandomState(3))
    assert len({tuple(colour) for colour in made.reshape(-1, 3).tolist()}) == 3
    assert not made[:, 6:].any()
    assert (made[2:4, 2:4] == made[2, 2]).all()
    assert np.array_equal(made, coloured(things, (8, 8), np.random.RandomState(3)))


def test_nothing_is_black() -> None:
    assert not coloured([], (4, 6), np.random.RandomState(0)).any()


@pytest.mark.slow
def test_the_real_network_is_read(tmp_path: Path) -> None:
    module = find_preprocessor("mobile_sam")
    assert module is not None
    torch.manual_seed(0)
    network = aux_module("segment_anything").sam_model_registry["vit_t"](checkpoint=None)
    torch.save(network.state_dict(), tmp_path / "mobile_sam.pt")
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    made = LoadedPreprocessor().run(
        module, picture, Sliders(resolution=64, random=np.random.RandomState(1)), [tmp_path], "cpu"
    )
    assert made.shape == picture.shape
