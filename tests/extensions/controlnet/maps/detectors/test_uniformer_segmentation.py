"""UniFormer under its head: the authors' scores from the same tensors, and the colours of a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.fitting import COUNTER
from extensions.controlnet.maps.detectors.palettes import ade_palette
from extensions.controlnet.maps.detectors.uniformer_segmentation import (
    class_map,
    load_file,
    network_input,
    published_name,
)
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel
from tests.extensions.controlnet.uniformer_files import (
    FILE,
    numbers,
    published_shapes,
    published_tensors,
    write,
)

PICTURE: Array = np.random.RandomState(0).randint(0, 256, (64, 96, 3)).astype(np.uint8)
PARAMETERS = Sliders(resolution=64)


def segmentation() -> Preprocessor:
    module = find_preprocessor("seg_ufade20k")
    assert module is not None
    return module


def test_every_tensor_has_a_name_in_the_published_file(tmp_path: Path) -> None:
    network = load_file(write(tmp_path, published_tensors()))
    state = {published_name(n): tuple(t.shape) for n, t in network.state_dict().items() if COUNTER not in n}
    assert state == published_shapes()
    assert not network.training


def test_scores_are_the_authors(tmp_path: Path) -> None:
    """Four classes of one place, as the UPerHead (Apache-2.0) beside it made them."""
    network = load_file(write(tmp_path, published_tensors()))
    scores: Tensor = network.decode_head(network.backbone(numbers()))
    assert scores.shape == (1, 150, 24, 34)
    expected = [0.5902, -0.4222, -0.3159, -0.2743]
    assert scores[0, [0, 7, 70, 149], 5, 9].tolist() == pytest.approx(expected, abs=2e-4)
    assert network(numbers()).shape == (1, 150, 96, 136)


@pytest.mark.slow
def test_a_map_has_the_colours_of_its_classes(tmp_path: Path) -> None:
    path = write(tmp_path, published_tensors())
    made = LoadedPreprocessor().run(segmentation(), PICTURE, PARAMETERS, [tmp_path], "cpu")
    padded = np.pad(PICTURE, ((0, 0), (0, 32), (0, 0)), "edge")
    classes = class_map(load_file(path), padded)
    assert classes.shape == (64, 128)
    assert len(np.unique(classes)) > 1
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    assert np.array_equal(made, ade_palette()[classes[:, :96]])


def test_a_pixel_is_of_the_class_with_the_highest_score() -> None:
    class Halves(nn.Module):
        """Class 3 on the left, class 1 on the right."""

        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, x: Tensor) -> Tensor:
            assert x.shape == (1, 3, 512, 1024)
            scores = torch.zeros(1, 5, 512, 1024)
            scores[:, 3, :, :512] = scores[:, 1, :, 512:] = 9.0
            return scores

    classes = class_map(Halves(), np.zeros((32, 64, 3), np.uint8))
    assert (set(np.unique(classes[:, :32])), set(np.unique(classes[:, 32:]))) == ({3}, {1})


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((512, 768), (512, 768)),
        ((1024, 1024), (512, 512)),
        ((256, 2048), (256, 2048)),
        ((8, 2048), (32, 2048)),
    ],
)
def test_the_input_has_the_size_of_the_authors_tests(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert network_input(np.zeros((*size, 3), np.uint8)).shape == (1, 3, *expected)


def test_the_input_is_normalised_rgb() -> None:
    red = network_input(np.full((512, 512, 3), (255, 0, 0), np.uint8))
    expected = [(255 - 123.675) / 58.395, -116.28 / 57.12, -103.53 / 57.375]
    assert red[0, :, 0, 0].tolist() == pytest.approx(expected)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    with pytest.raises(MissingWeights, match=r"upernet_global_small\.pth in .*ControlNetPreprocessor"):
        LoadedPreprocessor().run(segmentation(), PICTURE, PARAMETERS, [folder], "cpu")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"upernet_global_small\.pth is damaged"):
        LoadedPreprocessor().run(segmentation(), PICTURE, PARAMETERS, [tmp_path], "cpu")


def test_a_file_that_runs_code_is_refused(tmp_path: Path) -> None:
    class Code:
        def __reduce__(self) -> tuple[Any, ...]:
            return print, ("run",)

    torch.save({"state_dict": {}, "meta": Code()}, tmp_path / FILE)
    with pytest.raises(CorruptFile, match="holds objects that are not weights"):
        load_file(tmp_path / FILE)


@pytest.mark.parametrize("name", ["backbone.norm4.weight", "decode_head.bottleneck.bn.running_mean"])
def test_a_file_that_lacks_tensors_is_named(tmp_path: Path, name: str) -> None:
    tensors = published_tensors()
    del tensors[name]
    with pytest.raises(CorruptFile, match=rf"upernet_global_small\.pth lacks 1 tensors .*: {name}"):
        load_file(write(tmp_path, tensors))


def test_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match=r"upernet_global_small\.pth can't be loaded"):
        load_file(write(tmp_path, {"backbone.conv1.weight": torch.ones(2, 3, 7, 7)}))


def test_a_network_of_more_classes_is_refused(tmp_path: Path) -> None:
    write(tmp_path, published_tensors(classes=151))
    with pytest.raises(UnsupportedModel, match="knows 151 classes, seg_ufade20k 150"):
        LoadedPreprocessor().run(segmentation(), PICTURE, PARAMETERS, [tmp_path], "cpu")
