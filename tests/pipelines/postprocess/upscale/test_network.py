"""Networks from picture to picture: channels, tiles, and values beyond the range."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.contract.heed import in_one_go
from pipelines.postprocess.upscale.network import TileSizes, load_network, upscale_once

CPU = torch.device("cpu")


class Noting:
    """A network of scale 1 that keeps its inputs and answers ``answer`` of them."""

    scale = 1

    def __init__(self) -> None:
        self.seen: list[Tensor] = []

    def __call__(self, picture: Tensor, /) -> Tensor:
        self.seen.append(picture)
        return self.answer(picture)

    def answer(self, picture: Tensor) -> Tensor:
        return picture


def picture() -> Image.Image:
    made = Image.new("RGB", (12, 8), (255, 51, 0))
    made.putpixel((11, 7), (0, 102, 204))
    return made


@pytest.mark.parametrize("averaged", [False, True])
@pytest.mark.parametrize("tile", [0, 4])
def test_pixels_come_back_as_they_were(averaged: bool, tile: int) -> None:
    tiling = TileSizes(tile=tile, overlap=0, averaged=averaged)
    network = Noting()
    made = in_one_go(upscale_once(picture(), network, tiling, CPU))
    assert made.tobytes() == picture().tobytes()
    assert len(network.seen) == (6 if tile else 1)


def test_networks_see_blue_first() -> None:
    network = Noting()
    in_one_go(upscale_once(picture(), network, TileSizes(tile=0, overlap=0), CPU))
    (seen,) = network.seen
    assert seen.shape == (1, 3, 8, 12)
    assert torch.allclose(seen[0, :, 0, 0], torch.tensor([0.0, 0.2, 1.0]))


def test_values_beyond_the_range_are_cut_and_others_rounded() -> None:
    class Odd(Noting):
        def answer(self, picture: Tensor) -> Tensor:
            values = torch.tensor([-0.5, 1.5, 0.5019]).reshape(1, 3, 1, 1)
            return values.expand(1, 3, *picture.shape[-2:])

    made = in_one_go(upscale_once(picture(), Odd(), TileSizes(tile=0, overlap=0), CPU))
    assert made.getpixel((0, 0)) == (128, 255, 0)


def test_a_damaged_file_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"\0" * 40)
    with pytest.raises(CorruptFile, match="x"):
        load_network(path, CPU)
