"""Manga lines: the authors' numbers from the same tensors, and white lines on black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.fitting import COUNTER
from extensions.controlnet.maps.detectors.manga_lines import (
    MangaLines,
    lines,
    load_file,
    published_name,
    sizes_of,
)
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights

FILE = "erika.pth"
TINY = (
    (1, 2, 2),
    (2, 3, 2),
    (3, 4, 1),
    (4, 5, 2),
    (5, 6, 1),
    (6, 5, 2),
    (5, 4, 1),
    (4, 3, 1),
    (3, 2, 2),
    (2, 3, 2),
)
"""Of every stage the channels that it reads, those that it makes, and its blocks."""
PUBLISHED = (
    *((1, 24, 2), (24, 48, 3), (48, 96, 5), (96, 192, 7), (192, 384, 12)),
    *((384, 192, 7), (192, 96, 5), (96, 48, 3), (48, 24, 2), (24, 16, 2)),
)
Shapes = dict[str, tuple[int, ...]]
PICTURE: Array = np.random.RandomState(0).randint(0, 256, (64, 80, 3)).astype(np.uint8)
PARAMETERS = Sliders(resolution=64)


def shapes_of(stages: tuple[tuple[int, int, int], ...]) -> Shapes:
    """The authors' names, written down block by block; the counters that they have too are left out."""
    shapes: Shapes = {}
    for stage, (inputs, width, depth) in enumerate(stages):
        for block in range(depth):
            x = inputs if block == 0 else width
            name = f"block{stage}.model.{block}"
            _layer(shapes, f"{name}.conv1", x, width, 3)
            _layer(shapes, f"{name}.residual", width, width, 3)
            if x != width or (1 <= stage <= 4 and block == depth - 1):
                shapes |= {f"{name}.shortcut.model.0.weight": (width, x, 1, 1)}
                shapes |= {f"{name}.shortcut.model.0.bias": (width,)}
    _layer(shapes, "conv15", stages[-1][1], 1, 1)
    return shapes


def _layer(shapes: Shapes, name: str, inputs: int, width: int, side: int) -> None:
    norm = {f"{name}.model.0.{part}": (inputs,) for part in ("weight", "bias", "running_mean", "running_var")}
    convolution = {f"{name}.model.2.weight": (width, inputs, side, side), f"{name}.model.2.bias": (width,)}
    shapes |= {**norm, **convolution}


def tensors() -> dict[str, Tensor]:
    """A tiny network's, always the same."""
    random = np.random.RandomState(7)
    made: dict[str, Tensor] = {}
    for name, shape in sorted(shapes_of(TINY).items()):
        values = random.uniform(0.5, 1.5, shape) if "running_var" in name else random.standard_normal(shape)
        made[name] = torch.from_numpy(values / np.sqrt(np.prod(shape[1:]))).float()
    made["block0.model.0.conv1.model.0.running_mean"] += 128.0
    made["block0.model.0.conv1.model.0.running_var"] *= 5000.0
    made["conv15.model.2.weight"] *= 0.4
    made["conv15.model.2.bias"] += 128.0
    return made


def write(folder: Path, table: dict[str, Tensor]) -> Path:
    torch.save(table, folder / FILE)
    return folder / FILE


def denoise() -> Preprocessor:
    module = find_preprocessor("lineart_anime_denoise")
    assert module is not None
    return module


@pytest.mark.parametrize("stages", [TINY, PUBLISHED])
def test_every_tensor_has_a_name_in_the_published_file(stages: tuple[tuple[int, int, int], ...]) -> None:
    shapes = shapes_of(stages)
    with torch.device("meta"):
        network = MangaLines(sizes_of(shapes))
    state = {published_name(n): tuple(t.shape) for n, t in network.state_dict().items() if COUNTER not in n}
    assert state == shapes


def test_the_drawing_is_the_authors(tmp_path: Path) -> None:
    """Some pixels as the authors' own code (MIT) made them."""
    network = load_file(write(tmp_path, tensors()))
    assert not network.training
    numbers = torch.from_numpy(np.random.RandomState(3).uniform(0, 255, (1, 1, 32, 48))).float()
    drawn: Tensor = network(numbers)
    assert drawn.shape == numbers.shape
    places = drawn[0, 0, [0, 5, 16, 31], [0, 40, 17, 47]].tolist()
    assert places == pytest.approx([93.8258, 37.3809, 41.9645, 82.7784], abs=2e-3)


def test_a_map_is_white_lines_on_black(tmp_path: Path) -> None:
    network = load_file(write(tmp_path, tensors()))
    made = LoadedPreprocessor().run(denoise(), PICTURE, PARAMETERS, [tmp_path], "cpu")
    padded = np.pad(PICTURE, ((0, 0), (0, 48), (0, 0)), "edge")
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    assert np.array_equal(made, np.repeat(lines(network, padded)[:, :80, None], 3, axis=2))


def test_a_drawing_is_clipped_and_inverted() -> None:
    class Levels(nn.Module):
        """Remembers its input, and draws beyond both ends."""

        seen = torch.zeros(0)

        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, x: Tensor) -> Tensor:
            self.seen = x
            return torch.tensor([-9.0, 0.0, 100.0, 300.0]).expand(1, 1, 2, 4)

    network = Levels()
    made = lines(network, np.full((2, 4, 3), (255, 0, 0), np.uint8))
    assert made.tolist() == [[255, 255, 155, 0]] * 2
    assert network.seen.unique().tolist() == [76.0]  # the luma of red, in 0..255


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    with pytest.raises(MissingWeights, match=r"erika\.pth in .*ControlNetPreprocessor"):
        LoadedPreprocessor().run(denoise(), PICTURE, PARAMETERS, [folder], "cpu")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"erika\.pth is damaged"):
        LoadedPreprocessor().run(denoise(), PICTURE, PARAMETERS, [tmp_path], "cpu")


def test_a_file_that_lacks_tensors_is_named(tmp_path: Path) -> None:
    name = "block4.model.0.shortcut.model.0.bias"
    table = tensors()
    del table[name]
    with pytest.raises(CorruptFile, match=rf"erika\.pth lacks 1 tensors .*: {name}"):
        load_file(write(tmp_path, table))


def test_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match=r"erika\.pth can't be loaded"):
        load_file(write(tmp_path, {"conv.weight": torch.ones(2, 3, 7, 7)}))
