"""A checkpoint and a VAE file, and the settings of an engine that reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from pipelines.contract.settings import EngineSettings, Folders


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    folders = Folders(
        data=tmp_path, checkpoints=(), vaes=(), loras=(), embeddings=(), hypernetworks=(), models=tmp_path
    )
    return EngineSettings(folders=folders, device="cpu", no_half=True)


@pytest.fixture
def first(models_dir: Path) -> Path:
    return models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"


@pytest.fixture
def second(tmp_path: Path, first: Path) -> Path:
    shutil.copy(first, tmp_path / "second.safetensors")
    return tmp_path / "second.safetensors"


@pytest.fixture
def vae(tmp_path: Path, first: Path) -> Path:
    """A VAE file of its own."""
    prefix = "first_stage_model."
    tensors = {n.removeprefix(prefix): t + 1 for n, t in load_file(first).items() if n.startswith(prefix)}
    save_file(tensors, tmp_path / "other.vae.safetensors")
    return tmp_path / "other.vae.safetensors"


@pytest.fixture
def bare(tmp_path: Path, first: Path) -> Path:
    """A checkpoint without VAE."""
    tensors = {n: t for n, t in load_file(first).items() if not n.startswith("first_stage_model.")}
    save_file(tensors, tmp_path / "bare.safetensors")
    return tmp_path / "bare.safetensors"
