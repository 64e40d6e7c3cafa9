"""BiSeNet: facexlib's numbers from the same tensors, and the labels of a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.faces.parsing import BiSeNet, load_parser, parse_face
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile
from tests.extensions.controlnet.face_files import empty_tensors, filled, shapes_of

FILE = "parsing_bisenet.pth"


@pytest.fixture(scope="module")
def parser() -> BiSeNet:
    network = BiSeNet()
    network.load_state_dict(filled(shapes_of(network)))
    return network.eval().requires_grad_(False)


def test_the_parser_has_the_published_names(parser: BiSeNet) -> None:
    names = parser.state_dict()
    assert {
        "cp.resnet.conv1.weight",
        "cp.resnet.layer2.0.downsample.1.running_var",
        "cp.resnet.layer4.1.bn2.bias",
        "cp.arm16.conv.conv.weight",
        "cp.arm32.conv_atten.weight",
        "cp.arm32.bn_atten.running_mean",
        "cp.conv_head16.bn.weight",
        "cp.conv_avg.conv.weight",
        "ffm.convblk.conv.weight",
        "ffm.conv2.weight",
        "conv_out.conv.bn.bias",
        "conv_out.conv_out.weight",
    } <= names.keys()
    assert not any(name.startswith("cp.resnet.fc") for name in names)
    assert names["ffm.conv1.weight"].shape == (64, 256, 1, 1)
    assert names["conv_out.conv_out.weight"].shape == (19, 256, 1, 1)


def test_scores_are_facexlibs(parser: BiSeNet) -> None:
    """Four classes of two places, as facexlib's own code (MIT) made them."""
    x = torch.from_numpy(np.random.RandomState(3).standard_normal((1, 3, 128, 96))).float()
    scores: Tensor = parser(x)
    assert scores.shape == (1, 19, 128, 96)
    assert scores[0, [0, 1, 9, 18], 5, 9].tolist() == pytest.approx(
        [-15.9419, 14.7056, 38.3224, -25.8232], abs=2e-3
    )
    assert scores[0, [0, 1, 9, 18], 100, 50].tolist() == pytest.approx(
        [-41.9224, 32.4943, 3.5809, -29.3896], abs=2e-3
    )


def test_labels_are_facexlibs(parser: BiSeNet) -> None:
    """The number of pixels of each label, as facexlib's own code (MIT) counts on the same face."""
    small = np.random.RandomState(4).randint(0, 256, (8, 8, 3)).astype(np.uint8)
    labels = parse_face(parser, small.repeat(64, axis=0).repeat(64, axis=1))
    assert (labels.shape, labels.dtype) == ((512, 512), np.int64)
    expected = [0, 6380, 0, 227763, 21229, 1006, 0, 0, 466, 0, 0, 4737, 334, 1, 0, 228, 0, 0, 0]
    assert np.bincount(labels.flatten(), minlength=19).tolist() == pytest.approx(expected, abs=20)


def test_a_pixel_has_the_label_with_the_highest_score() -> None:
    class Halves(nn.Module):
        """Label 17 on the left, label 1 on the right; ``seen`` is what it was given."""

        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))
            self.seen = torch.zeros(0)

        def forward(self, x: Tensor) -> Tensor:
            self.seen = x
            scores = torch.zeros(1, 19, 512, 512)
            scores[:, 17, :, :256] = scores[:, 1, :, 256:] = 9.0
            return scores

    net = Halves()
    face: Array = np.full((512, 512, 3), (255, 0, 51), np.uint8)
    labels = parse_face(net, face)
    assert (labels[:, :256] == 17).all() and (labels[:, 256:] == 1).all()
    expected = [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]
    assert net.seen.shape == (1, 3, 512, 512)
    assert net.seen[0, :, 9, 9].tolist() == pytest.approx(expected, abs=1e-5)


def test_a_file_is_read_without_what_training_left(tmp_path: Path) -> None:
    tensors = empty_tensors(BiSeNet())
    tensors["conv_out.conv.bn.bias"] = torch.full((256,), 3.0)
    torch.save({**tensors, "conv_out16.conv_out.weight": torch.ones(19, 64, 1, 1)}, tmp_path / FILE)
    network = load_parser(tmp_path / FILE)
    assert not network.training
    assert network.get_parameter("conv_out.conv.bn.bias").tolist() == [3.0] * 256


def test_a_file_that_lacks_a_tensor_is_named(tmp_path: Path) -> None:
    tensors = empty_tensors(BiSeNet())
    del tensors["ffm.conv1.weight"]
    torch.save(tensors, tmp_path / FILE)
    with pytest.raises(CorruptFile, match=r"parsing_bisenet\.pth has no ffm\.conv1\.weight"):
        load_parser(tmp_path / FILE)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"parsing_bisenet\.pth is damaged"):
        load_parser(tmp_path / FILE)
