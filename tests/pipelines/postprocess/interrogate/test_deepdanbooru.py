"""The tagger: reading its file whatever the numbering of shortcuts, and what it computes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.interrogate.deepdanbooru import Shape, load_deepdanbooru, same_padding

SMALL = Shape(widths=(256, 32, 48), repeats=(1, 0, 1))
CPU = torch.device("cpu")


def weights(shortcut: int) -> list[Tensor]:
    """A small network's convolutions in file order; the shortcut's place in its block is ``shortcut``."""
    generator = torch.Generator().manual_seed(3)

    def conv(outputs: int, inputs: int, kernel: int) -> Tensor:
        size = (outputs, inputs, kernel, kernel)
        return torch.randn(size, generator=generator) / (inputs * kernel * kernel) ** 0.5

    layers, before = [conv(64, 3, 7)], 64
    for width, repeats in zip(SMALL.widths, SMALL.repeats, strict=True):
        inner = width // 4
        for number in range(repeats + 1):
            inputs = before if number == 0 else width
            block = [conv(inner, inputs, 1), conv(inner, inner, 3), conv(width, inner, 1)]
            beside = conv(width, inputs, 1) if number == 0 else None
            layers += block if beside is None else [*block[:shortcut], beside, *block[shortcut:]]
        before = width
    return [*layers, conv(3, before, 1)]


def save(path: Path, layers: list[Tensor], tags: list[str]) -> Path:
    table: dict[str, object] = {f"n_Conv_{i}.weight": layer for i, layer in enumerate(layers)}
    table |= {f"n_Conv_{i}.bias": torch.zeros(len(layer)) for i, layer in enumerate(layers[:-1])}
    torch.save({**table, "tags": tags}, path)
    return path


@pytest.mark.parametrize("shortcut", [0, 3])
def test_the_place_of_shortcuts_does_not_matter(tmp_path: Path, shortcut: int) -> None:
    tags = ["1girl", "rating:safe", "long_hair"]
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    network = load_deepdanbooru(save(tmp_path / "a.pt", weights(shortcut), tags), CPU, SMALL)
    assert list(network.probabilities(picture)) == tags
    assert all(0 < p < 1 for p in network.probabilities(picture).values())
    assert [block.shortcut is not None for block in network.blocks] == [True, False, True, True, False]
    assert [block.stride for block in network.blocks] == [1, 1, 2, 2, 1]
    assert network.blocks[0].reduce.weight.shape == (64, 64, 1, 1)


def test_the_published_network_has_179_convolutions() -> None:
    assert Shape().layers == 179


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    layers = weights(3)
    with pytest.raises(CorruptFile, match="names 1 tags for 3"):
        load_deepdanbooru(save(tmp_path / "a.pt", layers, ["x"]), CPU, SMALL)
    with pytest.raises(CorruptFile, match="convolutions, not 179"):
        load_deepdanbooru(save(tmp_path / "b.pt", layers, ["x", "y", "z"]), CPU)
    layers[8], layers[9] = layers[9], layers[8]
    layers[11] = layers[8]
    with pytest.raises(CorruptFile, match="not a resnet custom v3"):
        load_deepdanbooru(save(tmp_path / "c.pt", layers, ["x", "y", "z"]), CPU, SMALL)


def test_padding_is_larger_to_the_right_and_below() -> None:
    x = torch.ones(1, 1, 8, 8)
    assert same_padding(x, 7, 2).shape == (1, 1, 13, 13)
    padded = same_padding(x, 3, 2)
    assert padded[0, 0, 0, 0] == 1 and padded[0, 0, -1, -1] == 0
    assert same_padding(x, 3, 1).shape == (1, 1, 10, 10)
