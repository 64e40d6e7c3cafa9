"""A picture lies in the middle of whole cells, and boxes come back to its pixels."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from extensions.adetailer.detect.found import Pixels
from extensions.adetailer.detect.yolo.fitting import CELL, GREY, Letterbox, letterbox


def blank(width: int, height: int) -> Pixels:
    """A picture of one colour."""
    return np.full((height, width, 3), (10, 20, 30), dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "seen", "corner", "whole"),
    [
        ((640, 640), (640, 640), (0, 0), (640, 640)),
        ((200, 100), (640, 320), (0, 0), (640, 320)),
        ((100, 64), (640, 410), (0, 3), (640, 416)),
        ((640, 391), (640, 391), (0, 12), (640, 416)),
        ((391, 640), (391, 640), (12, 0), (416, 640)),
        ((1280, 1), (640, 1), (0, 15), (640, 32)),
    ],
)
def test_the_longer_side_is_640_and_the_rest_is_grey(
    size: tuple[int, int], seen: tuple[int, int], corner: tuple[int, int], whole: tuple[int, int]
) -> None:
    x, fitted = letterbox(blank(*size))
    assert (fitted.seen, (fitted.left, fitted.top)) == (seen, corner)
    assert x.shape == (1, 3, whole[1], whole[0])
    left, top = corner
    inside = x[0, :, top : top + seen[1], left : left + seen[0]]
    assert torch.allclose(inside[:, 0, 0], torch.tensor([10.0, 20.0, 30.0]) / 255)
    assert torch.allclose(inside[:, -1, -1], torch.tensor([10.0, 20.0, 30.0]) / 255)
    grey = (x == GREY / 255).all(1).sum()
    assert grey == whole[0] * whole[1] - seen[0] * seen[1]


def test_boxes_come_back_and_end_with_the_picture() -> None:
    fitted = Letterbox(width=100, height=64, scale=6.4, left=0, top=3)
    boxes = torch.tensor([[64.0, 67.0, 128.0, 131.0], [-5.0, 0.0, 700.0, 500.0]])
    assert fitted.back(boxes).tolist() == [
        pytest.approx([10, 10, 20, 20]),
        pytest.approx([0, 0, 100, 64]),
    ]


@pytest.mark.parametrize("size", [(640, 640), (128, 96), (1000, 333), (7, 640)])
def test_a_picture_lies_whole_in_whole_cells_and_boxes_come_back(size: tuple[int, int]) -> None:
    x, fitted = letterbox(blank(*size))
    assert x.shape[-1] % CELL == 0
    assert x.shape[-2] % CELL == 0
    assert max(fitted.seen) == 640
    corners = torch.tensor(
        [[fitted.left, fitted.top, fitted.left + fitted.seen[0], fitted.top + fitted.seen[1]]]
    )
    back = fitted.back(corners.float())[0]
    assert back[:2].tolist() == [0, 0]
    assert back[2].item() == pytest.approx(size[0], abs=1.0)
    assert back[3].item() == pytest.approx(size[1], abs=1.0)
