"""Boxes and points to masks, with a tiny random network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from pipelines.postprocess.segment.segment_anything import AT_ONCE, FoundMasks, SegmentAnything

CPU = torch.device("cpu")
PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))


@pytest.fixture(scope="module")
def network(sam_folder: Path) -> SegmentAnything:
    return SegmentAnything(sam_folder, CPU, field="mask_model")


def test_a_mask_of_every_box(network: SegmentAnything) -> None:
    found = list(network.each_mask(PICTURE, boxes=[(10, 10, 50, 50), (0, 0, 20, 20)]))
    assert [one.masks.shape for one in found] == [(1, 60, 100)] * 2
    assert found[0].masks.dtype == np.bool_
    alone = next(iter(network.each_mask(PICTURE, boxes=[(0, 0, 20, 20)])))
    assert (alone.masks == found[1].masks).mean() > 0.99


def test_three_readings_of_points(network: SegmentAnything) -> None:
    found = list(
        network.each_mask(
            PICTURE, points=[[(10, 10, 1), (30, 30, 0)], [(50, 50, 1), (1, 1, 0)]], readings=True
        )
    )
    assert [one.masks.shape for one in found] == [(3, 60, 100)] * 2
    assert len(found[0].scores) == 3


def test_many_boxes_are_looked_at_a_few_at_a_time(network: SegmentAnything) -> None:
    boxes = [(float(n), 0.0, n + 20.0, 30.0) for n in range(2 * AT_ONCE + 1)]
    found = list(network.each_mask(PICTURE, boxes=boxes))
    assert len(found) == len(boxes)
    assert (found[-1].masks == next(iter(network.each_mask(PICTURE, boxes=boxes[-1:]))).masks).mean() > 0.99


def test_masks_come_to_the_size_of_the_picture_one_by_one(
    network: SegmentAnything, monkeypatch: pytest.MonkeyPatch
) -> None:
    enlarged: list[tuple[int, ...]] = []
    interpolate = functional.interpolate

    def watched(values: Tensor, size: Any, **more: Any) -> Tensor:
        if size == (60, 100):
            enlarged.append(tuple(values.shape[:2]))
        return interpolate(values, size, **more)

    monkeypatch.setattr(functional, "interpolate", watched)
    made = network.each_mask(PICTURE, boxes=[(0, 0, 20, 20)] * 3, readings=True)
    next(made)
    assert enlarged == [(1, 3)]


def test_sets_of_points_of_unlike_lengths_are_looked_at_in_one_picture(
    network: SegmentAnything, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, away = (20.0, 20.0, 1), (60.0, 2.0, 0)
    sets = [[there], [there, away], [there, away], [there]]
    alone = [next(iter(network.each_mask(PICTURE, points=[one]))).masks for one in sets]
    looked: list[Tensor] = []
    see = network.model.get_image_embeddings

    def watched(pixels: Tensor) -> Tensor:
        looked.append(pixels)
        return see(pixels)

    monkeypatch.setattr(network.model, "get_image_embeddings", watched)
    found = list(network.each_mask(PICTURE, points=sets))
    assert len(looked) == 1
    assert all((one.masks == other).mean() > 0.99 for one, other in zip(found, alone, strict=True))


def test_nothing_asked_is_nothing_found(network: SegmentAnything) -> None:
    assert list(network.each_mask(PICTURE)) == []


def test_the_best_reading_is_the_one_with_the_highest_score() -> None:
    masks = np.stack([np.full((2, 2), value) for value in (False, True, False)])
    assert FoundMasks(masks=masks, scores=(0.1, 0.9, 0.2)).best.all()
