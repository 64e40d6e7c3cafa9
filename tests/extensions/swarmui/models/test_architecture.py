"""Checkpoints are told apart by their tensors."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from extensions.swarmui.models.architecture import architecture_of

FIRST = "model.diffusion_model.input_blocks.0.0.weight"


def checkpoint(folder: Path, *names: str, inputs: int = 4) -> Path:
    tensors = {name: torch.zeros(1) for name in names} | {FIRST: torch.zeros(2, inputs, 1, 1)}
    save_file(tensors, folder / "x.safetensors")
    return folder / "x.safetensors"


@pytest.mark.parametrize(
    ("names", "inputs", "found"),
    [
        (("cond_stage_model.transformer.a",), 4, "stable-diffusion-v1"),
        (("cond_stage_model.transformer.a",), 9, "stable-diffusion-v1-inpainting"),
        (("cond_stage_model.model.a",), 4, "stable-diffusion-v2-768-v"),
        (("cond_stage_model.model.a",), 5, "stable-diffusion-v2-depth"),
        (
            ("conditioner.embedders.0.transformer.a", "conditioner.embedders.1.model.a"),
            4,
            "stable-diffusion-xl-v1-base",
        ),
        (("conditioner.embedders.0.model.a",), 4, "stable-diffusion-xl-v1-refiner"),
        (("double_blocks.0.a",), 4, None),
    ],
)
def test_by_text_encoders_and_inputs(
    names: tuple[str, ...], inputs: int, found: str | None, tmp_path: Path
) -> None:
    assert architecture_of(checkpoint(tmp_path, *names, inputs=inputs)) == found


@pytest.mark.parametrize("name", ["x.safetensors", "x.ckpt"])
@pytest.mark.parametrize("sides", [(), (4,), (2, 4)])
def test_an_odd_input_is_of_no_class(sides: tuple[int, ...], name: str, tmp_path: Path) -> None:
    tensors = {"cond_stage_model.transformer.a": torch.zeros(1), FIRST: torch.zeros(sides)}
    if name.endswith(".ckpt"):
        torch.save(tensors, tmp_path / name)
    else:
        save_file(tensors, tmp_path / name)
    assert architecture_of(tmp_path / name) is None


@pytest.mark.parametrize("odd", [{FIRST: {"a": torch.zeros(1)}}, {1: torch.zeros(1)}, {FIRST: "x"}])
def test_a_torch_file_of_other_things_is_of_no_class(odd: dict[object, object], tmp_path: Path) -> None:
    torch.save({**odd, "cond_stage_model.transformer.a": torch.zeros(1)}, tmp_path / "x.ckpt")
    assert architecture_of(tmp_path / "x.ckpt") is None


def test_a_file_that_is_none_is_of_no_class(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_text("no weights")
    assert architecture_of(tmp_path / "x.safetensors") is None
    assert architecture_of(tmp_path / "nowhere.safetensors") is None
