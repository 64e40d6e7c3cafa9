"""LaMa: only the masked part of a picture is filled, at the size that the network knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from extensions.controlnet.maps.detectors.lama import SIDE, filled, load_lama
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import UnsupportedModel

PICTURE: Array = np.random.default_rng(0).integers(0, 256, (96, 128, 4), np.uint8)
PICTURE[:, :, 3] = 0
PICTURE[32:64, 32:64, 3] = 255


def test_only_the_mask_is_filled() -> None:
    seen: list[tuple[Tensor, Tensor]] = []

    def red(picture: Tensor, mask: Tensor) -> Tensor:
        seen.append((picture, mask))
        return torch.tensor([1.0, 0.0, 0.0])[None, :, None, None].expand_as(picture)

    made = filled(red, PICTURE)
    assert made.shape == PICTURE.shape
    assert np.array_equal(made[:, :, 3], PICTURE[:, :, 3])
    inside = PICTURE[:, :, 3] == 255
    assert bool((made[inside][:, :3] == (255, 0, 0)).all())
    assert np.array_equal(made[~inside], PICTURE[~inside])
    ((picture, mask),) = seen
    assert picture.shape == (1, 3, SIDE, 384)
    assert mask.unique().tolist() == [0.0, 1.0]


@pytest.mark.slow
def test_the_published_network_is_read(tmp_path: Path) -> None:
    from spandrel.architectures.LaMa import LaMa

    torch.manual_seed(0)
    network = LaMa(in_nc=4, out_nc=3).eval()
    table = {f"generator.{name}": t for name, t in network.model.state_dict().items()}
    path = tmp_path / "ControlNetLama.pth"
    torch.save({"state_dict": {**table, "discriminator.model0.weight": torch.ones(1)}}, path)
    fill = load_lama(path, "cpu")
    picture, mask = torch.rand(1, 3, 64, 64), torch.zeros(1, 1, 64, 64)
    mask[..., 16:32, 16:32] = 1.0
    with torch.no_grad():
        torch.testing.assert_close(fill(picture, mask), network(picture, mask))


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ControlNetLama.pth"
    torch.save({"state_dict": {"generator.odd": torch.ones(1)}}, path)
    with pytest.raises(UnsupportedModel, match=r"ControlNetLama\.pth is no LaMa network"):
        load_lama(path, "cpu")
