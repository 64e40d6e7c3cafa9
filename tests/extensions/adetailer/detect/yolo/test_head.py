"""The head's distances become boxes in pixels, its scores shares, level after level."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from extensions.adetailer.detect.yolo.head import DetectHead
from extensions.adetailer.detect.yolo.layers import Shapes

BINS = 4
ONE_LEVEL: Shapes = {
    "cv2.0.0.weight": (4 * BINS, 1, 1, 1),
    "cv3.0.0.weight": (2, 1, 1, 1),
}
CERTAIN = 50.0


def head(shapes: Shapes) -> DetectHead:
    """A head whose convolutions answer 0."""
    made = DetectHead(shapes).eval()
    for tensor in made.state_dict().values():
        tensor.zero_()
    return made


def biases(made: DetectHead, branch: str, level: int) -> Tensor:
    """The biases of a branch's one convolution, to be written to."""
    return made.get_parameter(f"{branch}.{level}.0.bias").data


def test_distances_are_the_means_of_their_distributions() -> None:
    made = head(ONE_LEVEL)
    bias = biases(made, "cv2", 0).view(4, BINS)
    bias[0, 1] = CERTAIN  # left: 1 cell
    bias[1, 0] = bias[1, 3] = CERTAIN  # up: 0 or 3 cells, 1.5 on the mean
    bias[2, 2] = CERTAIN  # right: 2 cells; down: any, 1.5 on the mean
    with torch.inference_mode():
        boxes = made([torch.zeros(1, 1, 2, 3)], (16, 24)).boxes
    # middles of cells of 8 pixels, row after row
    middles = [(4, 4), (12, 4), (20, 4), (4, 12), (12, 12), (20, 12)]
    wanted = [[x - 8, y - 12, x + 16, y + 12] for x, y in middles]
    assert boxes.tolist() == [pytest.approx(box) for box in wanted]


def test_scores_are_shares_of_each_class() -> None:
    made = head(ONE_LEVEL)
    biases(made, "cv3", 0)[:] = torch.tensor([0.0, -CERTAIN])
    with torch.inference_mode():
        answer = made([torch.zeros(1, 1, 1, 2)], (8, 16))
    assert answer.scores.tolist() == [pytest.approx([0.5, 0.0])] * 2
    assert (answer.mixture, answer.prototypes) == (None, None)


def test_levels_follow_each_other_the_finest_first() -> None:
    coarse = {name.replace(".0.0.", ".1.0."): shape for name, shape in ONE_LEVEL.items()}
    made = head({**ONE_LEVEL, **coarse})
    for level in range(2):
        biases(made, "cv2", level).view(4, BINS)[:, 1] = CERTAIN
    with torch.inference_mode():
        boxes = made([torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 1, 1)], (16, 16)).boxes
    assert boxes[0].tolist() == pytest.approx([-4, -4, 12, 12])
    assert boxes[4].tolist() == pytest.approx([-8, -8, 24, 24])
    assert len(boxes) == 5


def test_outlines_are_mixed_of_maps_at_a_quarter() -> None:
    conv = {"conv.weight": (1, 1, 1, 1), "conv.bias": (1,)}
    proto = {f"proto.cv{n}.{name}": shape for n in (1, 2, 3) for name, shape in conv.items()}
    upsample = {"proto.upsample.weight": (1, 1, 2, 2), "proto.upsample.bias": (1,)}
    made = head({**ONE_LEVEL, "cv4.0.0.weight": (3, 1, 1, 1), **proto, **upsample})
    with torch.inference_mode():
        answer = made([torch.zeros(1, 1, 2, 3)], (16, 24))
    assert answer.mixture is not None
    assert answer.prototypes is not None
    assert (answer.mixture.shape, answer.prototypes.shape) == ((6, 3), (1, 4, 6))
