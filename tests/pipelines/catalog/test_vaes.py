"""The VAE that a checkpoint is used with, by flag, option, metadata and name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.catalog.vaes import VaeCatalog
from pipelines.contract.options import GenerationOptions
from tests.pipelines.catalog.folders import folders_in, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    for name in (
        "Stable-diffusion/photo.safetensors",
        "Stable-diffusion/photo.vae.pt",
        "VAE/b.pt",
        "VAE/a.safetensors",
    ):
        write(models / name)
    write(models / "VAE" / "notes.txt")
    return tmp_path


def chosen(
    root: Path, checkpoint: str = "photo.safetensors", *, override: bool = True, sd_vae: str = "Automatic"
) -> str | None:
    """Base name of the VAE that is used."""
    options = GenerationOptions(sd_vae=sd_vae, sd_vae_overrides_per_model_preferences=override)
    path = (
        VaeCatalog(folders_in(root)).resolve(root / "models" / "Stable-diffusion" / checkpoint, options).path
    )
    return path.name if path else None


def test_listing(root: Path) -> None:
    assert list(VaeCatalog(folders_in(root)).list()) == ["a.safetensors", "b.pt", "photo.vae.pt"]


def test_automatic_takes_a_like_name_or_the_embedded(root: Path) -> None:
    assert chosen(root) == "photo.vae.pt"
    assert chosen(root, "other.ckpt") is None


def test_the_setting_overrides(root: Path) -> None:
    assert chosen(root, sd_vae="b.pt") == "b.pt"
    assert chosen(root, sd_vae="None") is None


def test_without_override_the_preference_comes_first(root: Path) -> None:
    assert chosen(root, override=False, sd_vae="b.pt") == "photo.vae.pt"
    assert chosen(root, "other.ckpt", override=False, sd_vae="b.pt") == "b.pt"


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        ("a.safetensors", "a.safetensors"),
        ("None", None),
        ("Automatic", "photo.vae.pt"),
        ("gone", "photo.vae.pt"),
    ],
)
def test_user_metadata(root: Path, preference: str, expected: str | None) -> None:
    metadata = root / "models" / "Stable-diffusion" / "photo.json"
    metadata.write_text(json.dumps({"vae": preference}))
    assert chosen(root) == expected


@pytest.mark.parametrize("text", ["[]", "{", '{"vae": 3}'])
def test_broken_metadata_says_nothing(root: Path, text: str) -> None:
    (root / "models" / "Stable-diffusion" / "photo.json").write_text(text)
    assert chosen(root) == "photo.vae.pt"


def test_unknown_names_are_told(root: Path) -> None:
    choice = VaeCatalog(folders_in(root)).resolve(Path("x.ckpt"), GenerationOptions(sd_vae="gone.pt"))
    assert choice.path is None
    assert choice.warning is not None
    assert "gone.pt" in choice.warning


def test_the_forced_vae_wins(root: Path) -> None:
    forced = root / "forced.pt"
    catalog = VaeCatalog(folders_in(root), forced=forced)
    assert catalog.resolve(Path("x.ckpt"), GenerationOptions(sd_vae="b.pt")).path == forced
