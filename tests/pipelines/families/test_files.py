"""Parts that a checkpoint lacks are found by what their files hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.contract.errors import MissingWeights
from pipelines.families.base import ModelPart
from pipelines.families.files import ModelFiles, find_parts
from pipelines.families.loading.assemble import TensorPool

PART = ModelPart(name="vae", recognises=lambda shapes: "decoder.weight" in shapes, folder="VAE")


def write(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.ones(2) for name in names}, path)
    return path


def test_what_the_checkpoint_holds_is_not_looked_for(tmp_path: Path) -> None:
    write(tmp_path / "VAE" / "a.safetensors", "decoder.weight")
    assert find_parts({"decoder.weight": (2,)}, [PART], tmp_path) == {}
    assert find_parts({}, [], tmp_path) == {}


def test_files_are_told_by_their_tensors(tmp_path: Path) -> None:
    write(tmp_path / "VAE" / "a.safetensors", "something.else")
    (tmp_path / "VAE" / "b.safetensors").write_bytes(b"damaged")
    right = write(tmp_path / "VAE" / "below" / "c.safetensors", "decoder.weight")
    write(tmp_path / "Lora" / "d.safetensors", "decoder.weight")
    others = find_parts({}, [PART], tmp_path)
    assert others == {"vae": right}
    files = ModelFiles(path=tmp_path / "x", name="x", pool=TensorPool({}), others=others)
    assert files.part("vae").take("decoder.weight") is not None
    assert files.part("text") is files.pool


def test_a_file_that_is_asked_for_counts_before_those_of_the_folder(tmp_path: Path) -> None:
    first = write(tmp_path / "VAE" / "a.safetensors", "decoder.weight")
    asked = {"vae": write(tmp_path / "elsewhere.safetensors", "decoder.weight")}
    assert find_parts({}, [PART], tmp_path, asked) == asked
    assert find_parts({"decoder.weight": (2,)}, [PART], tmp_path, asked) == {}
    other = {"vae": write(tmp_path / "other.safetensors", "something.else")}
    assert find_parts({}, [PART], tmp_path, other) == {"vae": first}


def test_a_part_without_a_folder_must_be_asked_for(tmp_path: Path) -> None:
    part = replace(PART, folder=None)
    write(tmp_path / "VAE" / "a.safetensors", "decoder.weight")
    with pytest.raises(MissingWeights, match="sd_vae") as caught:
        find_parts({}, [part], tmp_path)
    assert caught.value.field == "options.sd_vae"
    asked = {"vae": tmp_path / "elsewhere.safetensors"}
    assert find_parts({}, [part], tmp_path, asked) == asked


@pytest.mark.parametrize("models", [True, False])
def test_a_missing_part_is_named_with_its_folder(models: bool, tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="no vae: put one into the folder VAE"):
        find_parts({}, [PART], tmp_path if models else None)
