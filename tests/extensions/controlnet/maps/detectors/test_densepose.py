"""DensePose: parts of known charts at known places, in the colours of both maps."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.densepose import part_map
from extensions.controlnet.maps.detectors.torchscript import read_script
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights

FILE = "densepose_r50_fpn_dl.torchscript"
PICTURE: Array = np.random.RandomState(0).randint(0, 256, (64, 80, 3)).astype(np.uint8)
PARAMETERS = Sliders(resolution=64)
CELLS = 8
"""Edge of a chart, which is stretched fourfold over the boxes here."""


class People(NamedTuple):
    """The five tensors of a network."""

    boxes: Tensor
    persons: Tensor
    parts: Tensor


class Finder(nn.Module):
    """Finds the same people in every picture."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.boxes = nn.Buffer(people.boxes)
        self.persons = nn.Buffer(people.persons)
        self.parts = nn.Buffer(people.parts)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        assert x.dim() == 3 and x.size(0) == 3 and x.dtype == torch.uint8
        return self.boxes, self.persons, self.parts, self.parts, self.parts


def chart(labels: Array, channels: int) -> Tensor:
    """(channels, 8, 8): a score of 1 for the label of every cell, 0 for the others."""
    return torch.nn.functional.one_hot(torch.from_numpy(labels).long(), channels).permute(2, 0, 1).float()


def two_people() -> People:
    """The first: right half a person, part 2 above part 24. The second: part 7, over its lower corner."""
    right, all_of_it = np.zeros((CELLS, CELLS), np.uint8), np.ones((CELLS, CELLS), np.uint8)
    right[:, CELLS // 2 :] = 1
    halves = np.full((CELLS, CELLS), 2, np.uint8)
    halves[CELLS // 2 :] = 24
    return People(
        torch.tensor([[8.6, 4.2, 40.9, 36.4], [32.0, 20.0, 64.0, 52.0]]),
        torch.stack([chart(right, 2), chart(right, 2)]),
        torch.stack([chart(halves, 25), chart(7 * all_of_it, 25)]),
    )


def nobody() -> People:
    return People(torch.zeros(0, 4), torch.zeros(0, 2, CELLS, CELLS), torch.zeros(0, 25, CELLS, CELLS))


def expected() -> Array:
    """(64, 128): the parts of ``two_people``, whose left halves are background."""
    parts = np.zeros((64, 128), np.uint8)
    parts[4:20, 24:40], parts[20:36, 24:40] = 2, 24
    parts[20:52, 48:64] = 7
    return parts


def write(folder: Path, module: nn.Module) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch wants other formats to be used
        scripted: Any = torch.jit.script(module.eval())
        scripted.save(str(folder / FILE))
    return folder / FILE


def densepose(key: str = "densepose") -> Preprocessor:
    module = find_preprocessor(key)
    assert module is not None
    return module


def parts_of(folder: Path, module: nn.Module) -> Array:
    return part_map(read_script(write(folder, module), "cpu"), np.zeros((64, 128, 3), np.uint8))


def test_parts_are_where_their_charts_are(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, Finder(two_people()))
    assert np.array_equal(parts, expected())


def test_only_the_person_of_a_later_box_hides_earlier_ones(tmp_path: Path) -> None:
    people = two_people()
    people.boxes[1] = torch.tensor([16.0, 20.0, 48.0, 52.0])
    parts = parts_of(tmp_path, Finder(people))
    assert (parts[30, 24], parts[30, 31], parts[30, 32], parts[30, 47]) == (24, 24, 7, 7)


def test_scores_are_stretched_bilinearly(tmp_path: Path) -> None:
    """Between a cell of score 3 and one of score 1 the likelier part reaches beyond its own cell."""
    people = two_people()
    people.parts[0, 2] *= 3.0
    # at row r of the box, 4 rows a cell, part 24 gains what part 2 loses: 3 * (1 - t) = t at t = 3 / 4
    parts = parts_of(tmp_path, Finder(people))
    assert (parts[20, 30], parts[21, 30]) == (2, 24)


def test_boxes_end_with_the_picture(tmp_path: Path) -> None:
    people = two_people()
    people.boxes[0] = torch.tensor([-8.0, -4.0, 24.0, 28.0])
    people.boxes[1] = torch.tensor([200.0, 70.0, 220.0, 90.0])
    parts = parts_of(tmp_path, Finder(people))
    assert parts[:28, :24].any()
    assert not parts[28:].any()
    assert not parts[:, 24:].any()


@pytest.mark.parametrize(
    ("key", "background", "second", "last"),
    [
        ("densepose", (68, 1, 84), (72, 31, 112), (253, 231, 37)),
        ("densepose_parula", (0, 0, 0), (20, 80, 194), (249, 251, 14)),
    ],
)
def test_a_map_has_the_colours_of_its_parts(
    key: str,
    background: tuple[int, ...],
    second: tuple[int, ...],
    last: tuple[int, ...],
    tmp_path: Path,
) -> None:
    write(tmp_path, Finder(two_people()))
    made = LoadedPreprocessor().run(densepose(key), PICTURE, PARAMETERS, [tmp_path], "cpu")
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    for part, colour in ((0, background), (2, second), (24, last)):
        shown = made[expected()[:, :80] == part]
        assert np.unique(shown, axis=0).tolist() == [list(colour)]
    assert len(np.unique(made.reshape(-1, 3), axis=0)) == 4


def test_nobody_is_all_background(tmp_path: Path) -> None:
    write(tmp_path, Finder(nobody()))
    made = LoadedPreprocessor().run(densepose(), PICTURE, PARAMETERS, [tmp_path], "cpu")
    assert np.unique(made.reshape(-1, 3), axis=0).tolist() == [[68, 1, 84]]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    with pytest.raises(
        MissingWeights, match=r"densepose_r50_fpn_dl\.torchscript in .*ControlNetPreprocessor"
    ):
        LoadedPreprocessor().run(densepose(), PICTURE, PARAMETERS, [folder], "cpu")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"densepose_r50_fpn_dl\.torchscript is damaged"):
        LoadedPreprocessor().run(densepose(), PICTURE, PARAMETERS, [tmp_path], "cpu")


def test_a_network_of_other_parts_is_refused(tmp_path: Path) -> None:
    people = two_people()
    people = people._replace(parts=people.parts[:, :15])
    with pytest.raises(CorruptFile, match=r"no DensePose network of 24 parts: it answers .*\(2, 15, 8, 8\)"):
        parts_of(tmp_path, Finder(people))


def test_a_network_that_answers_other_things_is_refused(tmp_path: Path) -> None:
    class Other(nn.Module):
        """Returns its input unchanged."""

        def forward(self, x: Tensor) -> Tensor:
            return x

    with pytest.raises(CorruptFile, match="it answers something else"):
        parts_of(tmp_path, Other())
