"""Parts of drawn faces: the U-Net beside torchvision's own layers, and the colours and size of a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import mobilenet_v2

from extensions.controlnet.maps.detectors.anime_face import PALETTE, class_map, load_file
from extensions.controlnet.maps.detectors.fitting import COUNTER
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights

FILE = "UNet.pth"
UP = {4: (160, 96), 3: (192, 32), 2: (64, 24), 1: (48, 16), 0: (32, 7)}
"""Channels that the decoder's blocks read and make."""
SPLIT = {0: (0, 1), 1: (2, 3), 2: (4, 5, 6), 3: tuple(range(7, 14)), 4: (14, 15, 16)}
"""The layers of MobileNetV2 in each of the encoder's blocks."""
PICTURE: Array = np.random.RandomState(0).randint(0, 256, (512, 520, 3)).astype(np.uint8)
Tensors = dict[str, Tensor]


def anime_face() -> Preprocessor:
    module = find_preprocessor("seg_anime_face")
    assert module is not None
    return module


def mobilenet() -> nn.Sequential:
    """MobileNetV2's layers, always the same."""
    torch.manual_seed(2)
    features = mobilenet_v2(weights=None).features
    for layer in features.modules():
        if isinstance(layer, nn.BatchNorm2d) and layer.running_mean is not None:
            layer.running_mean += 0.1 * torch.randn(layer.num_features)
    return features.eval()


def published() -> Tensors:
    """A table in the layout of the published file, counters included."""
    features = mobilenet()
    tensors: Tensors = {}
    for block, layers in SPLIT.items():
        for place, layer in enumerate(layers):
            for name, tensor in features[layer].state_dict().items():
                tensors[f"en_block{block}.{place}.{name}"] = tensor
    for block, (inputs, width) in UP.items():
        tensors[f"de_block{block}.1.weight"] = torch.randn(width, inputs, 3, 3) / (9 * inputs) ** 0.5
        tensors[f"de_block{block}.1.bias"] = torch.randn(width)
    return tensors


def write(folder: Path, tensors: Tensors) -> Path:
    torch.save(tensors, folder / FILE)
    return folder / FILE


def expected_scores(tensors: Tensors, x: Tensor) -> Tensor:
    """The U-Net written out."""
    features = mobilenet()
    made: list[Tensor] = []
    for layers in SPLIT.values():
        for layer in layers:
            x = features[layer](x)
        made.append(x)
    for block in (4, 3, 2, 1, 0):
        x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        x = functional.conv2d(
            x, tensors[f"de_block{block}.1.weight"], tensors[f"de_block{block}.1.bias"], padding=1
        )
        if block:
            x = functional.leaky_relu(functional.instance_norm(x), 0.1)
            x = torch.cat([x, made[block - 1]], dim=1)
    return functional.softmax(x, dim=1)


def test_every_tensor_has_a_name_in_the_published_file(tmp_path: Path) -> None:
    network = load_file(write(tmp_path, published()))
    own = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert own == {name: tuple(tensor.shape) for name, tensor in published().items()}
    assert not network.training


def test_scores_are_those_of_torchvisions_layers(tmp_path: Path) -> None:
    tensors = published()
    network = load_file(write(tmp_path, tensors))
    numbers = torch.from_numpy(np.random.RandomState(3).uniform(0, 1, (1, 3, 64, 96))).float()
    with torch.no_grad():
        scores: Tensor = network(numbers).softmax(dim=1)
        torch.testing.assert_close(scores, expected_scores(tensors, numbers))
    assert scores.shape == (1, 7, 64, 96)
    assert len(scores.argmax(dim=1).unique()) > 1


@pytest.mark.slow
def test_a_map_has_the_colours_of_its_classes(tmp_path: Path) -> None:
    network = load_file(write(tmp_path, published()))
    made = LoadedPreprocessor().run(anime_face(), PICTURE, Sliders(resolution=512), [tmp_path], "cpu")
    padded = np.pad(PICTURE, ((0, 0), (0, 56), (0, 0)), "edge")
    classes = class_map(network, padded)
    assert classes.shape == (512, 576)
    assert len(np.unique(classes)) > 1
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    assert np.array_equal(made, PALETTE[classes[:, :520]])


def test_the_colours_are_the_originals() -> None:
    assert PALETTE.tolist() == [
        [255, 255, 0],
        [0, 0, 255],
        [255, 0, 0],
        [255, 255, 255],
        [0, 255, 0],
        [0, 255, 255],
        [255, 0, 255],
    ]


class Halves(nn.Module):
    """Hair on the left half of what it sees, clothes on the right; remembers what that was."""

    seen = torch.zeros(0)

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        self.seen = x
        scores = torch.zeros(1, 7, *x.shape[2:])
        middle = x.shape[3] // 2
        scores[:, 1, :, :middle] = scores[:, 6, :, middle:] = 9.0
        return scores


def test_a_pixel_is_of_the_class_with_the_highest_score() -> None:
    network = Halves()
    classes = class_map(network, np.full((64, 128, 3), (255, 51, 0), np.uint8))
    assert classes.shape == (512, 1024)
    assert (set(np.unique(classes[:, :512])), set(np.unique(classes[:, 512:]))) == ({1}, {6})
    assert network.seen[0, :, 0, 0].tolist() == pytest.approx([1.0, 0.2, 0.0])


def test_edges_that_the_network_cannot_take_are_padded() -> None:
    network = Halves()
    assert class_map(network, np.zeros((320, 448, 3), np.uint8)).shape == (512, 716)
    assert network.seen.shape == (1, 3, 512, 736)


@pytest.mark.parametrize(("resolution", "expected"), [(256, (256, 256)), (1024, (512, 512))])
def test_at_other_resolutions_the_map_stays_as_the_network_made_it(
    resolution: int, expected: tuple[int, int], tmp_path: Path
) -> None:
    write(tmp_path, published())
    parameters = Sliders(resolution=resolution)
    made = LoadedPreprocessor().run(anime_face(), PICTURE[:, :512], parameters, [tmp_path], "cpu")
    assert made.shape == (*expected, 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    with pytest.raises(MissingWeights, match=r"UNet\.pth in .*ControlNetPreprocessor"):
        LoadedPreprocessor().run(anime_face(), PICTURE, Sliders(), [folder], "cpu")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"UNet\.pth is damaged"):
        LoadedPreprocessor().run(anime_face(), PICTURE, Sliders(), [tmp_path], "cpu")


@pytest.mark.parametrize("name", ["en_block3.2.conv.1.1.running_mean", "de_block0.1.bias"])
def test_a_file_that_lacks_tensors_is_named(tmp_path: Path, name: str) -> None:
    tensors: dict[str, Any] = published()
    del tensors[name]
    with pytest.raises(CorruptFile, match=rf"UNet\.pth lacks 1 tensors .*: {name}"):
        load_file(write(tmp_path, tensors))


def test_counters_are_not_needed(tmp_path: Path) -> None:
    tensors = {name: tensor for name, tensor in published().items() if COUNTER not in name}
    assert load_file(write(tmp_path, tensors)).get_parameter("de_block0.1.bias").shape == (7,)
