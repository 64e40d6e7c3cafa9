"""Facts are read from the metadata and tensors of checkpoints' files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from extensions.swarmui.models.facts import MOST_CHARACTERS, FileFacts, facts_of
from tests.extensions.swarmui.models.test_architecture import FIRST, SD2_TEXT


def checkpoint(path: Path, text: str = SD2_TEXT, **said: str) -> Path:
    tensors = {text: torch.zeros(1), FIRST: torch.zeros(2, 4, 1, 1)}
    save_file(tensors, path, metadata={f"modelspec.{name}": value for name, value in said.items()})
    return path


def test_metadata_counts_before_tensors(tmp_path: Path) -> None:
    said = {"architecture": "stable-diffusion-xl-turbo-v1", "title": "A title", "thumbnail": "data:…"}
    found = facts_of(checkpoint(tmp_path / "x.safetensors", **said))
    assert found.architecture == "stable-diffusion-xl-turbo-v1"
    assert found.said == {"architecture": found.architecture, "title": "A title"}


def test_long_texts_are_not_kept_whole(tmp_path: Path) -> None:
    found = facts_of(checkpoint(tmp_path / "x.safetensors", description="a" * 100_000))
    assert len(found.said["description"]) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("name", "said", "found"),
    [
        ("v2-1_512-ema.safetensors", {}, "stable-diffusion-v2-512"),
        ("v2-1_768-ema.safetensors", {}, "stable-diffusion-v2-768-v"),
        ("x.safetensors", {"resolution": "512x512"}, "stable-diffusion-v2-512"),
        ("x.safetensors", {"prediction_type": "epsilon"}, "stable-diffusion-v2-512"),
        ("x512.safetensors", {"prediction_type": "v", "resolution": "768x768"}, "stable-diffusion-v2-768-v"),
    ],
)
def test_which_of_version_2(name: str, said: dict[str, str], found: str, tmp_path: Path) -> None:
    assert facts_of(checkpoint(tmp_path / name, **said)).architecture == found


def test_a_torch_file_is_read_too(tmp_path: Path) -> None:
    tensors = {"cond_stage_model.transformer.a": torch.zeros(1), FIRST: torch.zeros(2, 4, 1, 1)}
    torch.save(tensors, tmp_path / "x.ckpt")
    assert facts_of(tmp_path / "x.ckpt") == FileFacts(architecture="stable-diffusion-v1")


@pytest.mark.parametrize("name", ["x.safetensors", "x.ckpt"])
@pytest.mark.parametrize("sides", [(), (4,), (2, 4)])
def test_an_odd_input_is_of_no_class(sides: tuple[int, ...], name: str, tmp_path: Path) -> None:
    tensors = {"cond_stage_model.transformer.a": torch.zeros(1), FIRST: torch.zeros(sides)}
    if name.endswith(".ckpt"):
        torch.save(tensors, tmp_path / name)
    else:
        save_file(tensors, tmp_path / name)
    assert facts_of(tmp_path / name) == FileFacts()


@pytest.mark.parametrize("odd", [{FIRST: {"a": torch.zeros(1)}}, {1: torch.zeros(1)}, {FIRST: "x"}])
def test_a_torch_file_of_other_things_is_of_no_class(odd: dict[object, object], tmp_path: Path) -> None:
    torch.save({**odd, "cond_stage_model.transformer.a": torch.zeros(1)}, tmp_path / "x.ckpt")
    assert facts_of(tmp_path / "x.ckpt") == FileFacts()


def test_a_file_that_is_none_is_of_no_class(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_text("no weights")
    assert facts_of(tmp_path / "x.safetensors") == FileFacts()
    assert facts_of(tmp_path / "nowhere.safetensors") == FileFacts()
