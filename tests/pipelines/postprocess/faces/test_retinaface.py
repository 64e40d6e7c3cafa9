"""RetinaFace: names of its weights, its anchors, and boxes and landmarks by hand."""

from __future__ import annotations

import math

import pytest
import torch

from pipelines.postprocess.faces.retinaface import RetinaFace, anchors, decode_boxes, decode_landmarks


@pytest.fixture(scope="module")
def detector() -> RetinaFace:
    with torch.device("meta"):
        return RetinaFace().eval()


def test_the_detector_has_the_published_names(detector: RetinaFace) -> None:
    names = set(detector.state_dict())
    assert {
        "body.conv1.weight",
        "body.layer4.2.bn3.running_var",
        "fpn.output1.0.weight",
        "fpn.merge2.1.bias",
        "ssh1.conv3X3.0.weight",
        "ssh3.conv7x7_3.1.running_mean",
        "ClassHead.0.conv1x1.weight",
        "BboxHead.2.conv1x1.bias",
        "LandmarkHead.1.conv1x1.weight",
    } <= names
    assert not any(name.startswith(("body.fc", "body.avgpool")) for name in names)


def test_one_answer_per_anchor(detector: RetinaFace) -> None:
    boxes, scores, marks = detector(torch.zeros(1, 3, 96, 70, device="meta"))
    count = len(anchors(96, 70))
    assert (boxes.shape, scores.shape, marks.shape) == ((1, count, 4), (1, count, 2), (1, count, 10))


def test_anchors_go_row_by_row_with_two_sizes_each() -> None:
    prior = anchors(64, 64)
    assert len(prior) == 2 * (64 + 16 + 4)
    assert torch.allclose(prior[0], torch.tensor([4 / 64, 4 / 64, 0.25, 0.25]))
    assert torch.allclose(prior[1], torch.tensor([4 / 64, 4 / 64, 0.5, 0.5]))
    assert torch.allclose(prior[2, :2], torch.tensor([12 / 64, 4 / 64]))


def test_zero_predictions_mean_the_anchor_itself() -> None:
    prior = torch.tensor([[0.5, 0.5, 0.2, 0.4]])
    assert torch.allclose(decode_boxes(torch.zeros(1, 4), prior), torch.tensor([[0.4, 0.3, 0.6, 0.7]]))
    assert torch.allclose(decode_landmarks(torch.zeros(1, 10), prior), torch.full((1, 5, 2), 0.5))
    moved = decode_landmarks(torch.tensor([[1.0, -1.0, *[0.0] * 8]]), prior)
    assert torch.allclose(moved[0, 0], torch.tensor([0.52, 0.46]))


def test_predictions_move_by_a_tenth_and_grow_by_a_fifth() -> None:
    """The published variances: 0.1 of the anchor's side for places, exp(0.2 x) for sizes."""
    prior = torch.tensor([[0.5, 0.5, 0.2, 0.4]])
    predicted = torch.tensor([[1.0, -1.0, 5 * math.log(2), 0.0]])
    assert torch.allclose(decode_boxes(predicted, prior), torch.tensor([[0.32, 0.26, 0.72, 0.66]]))


def test_anchors_fill_cells_that_the_border_cuts() -> None:
    prior = anchors(9, 17)
    assert len(prior) == 2 * (2 * 3 + 1 * 2 + 1 * 1)
    assert torch.allclose(prior[10], torch.tensor([20 / 17, 12 / 9, 16 / 17, 16 / 9]))
    assert torch.allclose(prior[-1], torch.tensor([16 / 17, 16 / 9, 512 / 17, 512 / 9]))
