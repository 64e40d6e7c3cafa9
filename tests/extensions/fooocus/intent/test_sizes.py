"""Sizes of pictures and checkpoints."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.intent.sizes import are_alike, native_side, picture_size
from tests.tiny_checkpoints import write_tiny


def test_checkpoints_say_their_side(root: Path, models_dir: Path) -> None:
    assert native_side(root / "models" / "Stable-diffusion" / "demo.safetensors") == 128
    assert native_side(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors") == 512
    assert native_side(Path("/nowhere.safetensors")) == 1024


def test_families_say_their_side(tmp_path: Path) -> None:
    made = write_tiny(tmp_path)
    assert (native_side(made["sd2"]), native_side(made["sdxl"])) == (768, 1024)
    other = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, other)
    assert native_side(other) == 512


def test_what_nobody_asked_for_fits_the_checkpoint() -> None:
    plain = AdvancedParams()
    assert picture_size("1152*896", plain, 1024, asked=False) == (1152, 896)
    assert picture_size("1152*896", plain, 512, asked=False) == (576, 448)
    assert picture_size("1152*896", plain, 128, asked=False) == (144, 112)
    assert picture_size("1152*896", plain, 128, asked=True) == (1152, 896)


def test_overwritten_sides_count_last() -> None:
    advanced = AdvancedParams(overwrite_width=64)
    assert picture_size("1152×896", advanced, 1024, asked=True) == (64, 896)


def test_checkpoints_of_sdxl_are_unlike_others(models_dir: Path, tmp_path: Path) -> None:
    small, made = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors", write_tiny(tmp_path)
    assert are_alike(small, made["sd2"])
    assert not are_alike(small, made["sdxl"])
    assert not are_alike(small, Path("/nowhere.safetensors"))
