"""Boxes and points to masks, with a tiny random network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.postprocess.segment.segment_anything import FoundMasks, SegmentAnything

CPU = torch.device("cpu")
PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))


@pytest.fixture(scope="module")
def network(sam_folder: Path) -> SegmentAnything:
    return SegmentAnything(sam_folder, CPU, field="mask_model")


def test_a_mask_of_every_box(network: SegmentAnything) -> None:
    found = network.masks(PICTURE, boxes=[(10, 10, 50, 50), (0, 0, 20, 20)])
    assert [one.masks.shape for one in found] == [(1, 60, 100)] * 2
    assert found[0].masks.dtype == np.bool_
    alone = network.masks(PICTURE, boxes=[(0, 0, 20, 20)])[0]
    assert (alone.masks == found[1].masks).mean() > 0.99


def test_three_readings_of_points(network: SegmentAnything) -> None:
    found = network.masks(
        PICTURE, points=[[(10, 10, 1), (30, 30, 0)], [(50, 50, 1), (1, 1, 0)]], readings=True
    )
    assert [one.masks.shape for one in found] == [(3, 60, 100)] * 2
    assert len(found[0].scores) == 3


def test_nothing_asked_is_nothing_found(network: SegmentAnything) -> None:
    assert network.masks(PICTURE) == []


def test_the_best_reading_is_the_one_with_the_highest_score() -> None:
    masks = np.stack([np.full((2, 2), value) for value in (False, True, False)])
    assert FoundMasks(masks=masks, scores=(0.1, 0.9, 0.2)).best.all()
