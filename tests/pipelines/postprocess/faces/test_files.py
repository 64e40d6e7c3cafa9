"""Weight files of face restoration: where they are found, and what is said of wrong ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.contract.settings import Folders
from pipelines.postprocess.faces.files import DETECTOR, helper_file, load_helper, restorer_file
from tests.pipelines.jobs.helpers import make_settings

CPU = torch.device("cpu")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders of models, none of which exists yet."""
    return replace(make_settings().folders, models=tmp_path / "models")


def write(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_folder_of_the_users_comes_first(folders: Folders, tmp_path: Path) -> None:
    shipped = write(folders.models / "GFPGAN" / "GFPGANv1.4.pth")
    assert restorer_file(folders, "GFPGAN") == shipped
    own = write(tmp_path / "own" / "GFPGANv1.4.pth")
    assert restorer_file(replace(folders, gfpgan=(own.parent,)), "GFPGAN") == own


def test_the_newer_version_wins_wherever_it_is(folders: Folders, tmp_path: Path) -> None:
    write(tmp_path / "own" / "GFPGANv1.3.pth")
    newer = write(folders.models / "GFPGAN" / "GFPGANv1.4.pth")
    assert restorer_file(replace(folders, gfpgan=(tmp_path / "own",)), "GFPGAN") == newer


def test_another_name_will_do_if_it_begins_alike(folders: Folders) -> None:
    write(folders.models / "CodeFormer" / "gfpgan.pth")
    with pytest.raises(MissingWeights):
        restorer_file(folders, "CodeFormer")
    other = write(folders.models / "CodeFormer" / "CODEFORMER-2.pth")
    assert restorer_file(folders, "CodeFormer") == other


def test_what_is_missing_names_file_and_folder(folders: Folders) -> None:
    with pytest.raises(MissingWeights, match=r"CodeFormer needs the file codeformer-v0\.1\.0\.pth") as caught:
        restorer_file(folders, "CodeFormer")
    assert caught.value.field == "restore_faces"
    assert str(folders.models / "CodeFormer") in caught.value.message
    with pytest.raises(MissingWeights, match=rf"GFPGAN needs the file {DETECTOR}"):
        helper_file(folders, DETECTOR, "GFPGAN")


@pytest.mark.parametrize("place", ["GFPGAN", "Codeformer", "CodeFormer", "facelib", "facexlib"])
def test_helpers_lie_where_programs_put_them(folders: Folders, place: str) -> None:
    path = write(folders.models / place / DETECTOR)
    assert helper_file(folders, DETECTOR, "GFPGAN") == path


def save(path: Path, tensors: dict[str, torch.Tensor]) -> Path:
    torch.save(tensors, path)
    return path


def test_a_helper_is_filled_and_made_ready(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 1)
    weights = {"module.weight": torch.tensor([[1.0, 2.0]]), "module.bias": torch.tensor([3.0])}
    load_helper(network, save(tmp_path / "a.pth", weights), CPU)
    assert float(network(torch.tensor([1.0, 1.0]))) == 6.0
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ({"weight": torch.zeros(1, 2)}, "has no bias: it holds another network"),
        ({"weight": torch.zeros(3, 2), "bias": torch.zeros(1)}, "does not fit: it holds another network"),
    ],
)
def test_another_network_is_refused(weights: dict[str, torch.Tensor], text: str, tmp_path: Path) -> None:
    path = save(tmp_path / "a.pth", weights)
    with pytest.raises(CorruptFile, match=rf"a\.pth {text}; the file that facexlib publishes"):
        load_helper(torch.nn.Linear(2, 1), path, CPU)


def test_counts_of_batches_may_be_missing(tmp_path: Path) -> None:
    weights = dict(torch.nn.BatchNorm2d(2).state_dict())
    del weights["num_batches_tracked"]
    load_helper(torch.nn.BatchNorm2d(2), save(tmp_path / "a.pth", weights), CPU)
