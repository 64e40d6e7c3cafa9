"""Files are described by their metadata."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from extensions.swarmui.models.describe import ModelFile, describe


def saved(path: Path, **said: str) -> ModelFile:
    save_file({"a": torch.zeros(1)}, path, metadata={f"modelspec.{k}": text for k, text in said.items()})
    return ModelFile(name=path.name, path=path)


def test_a_checkpoints_metadata_is_told(tmp_path: Path) -> None:
    said = {"architecture": "flux-1-dev", "title": "Own", "author": "me", "tags": "a, b", "date": "2025"}
    told = describe(saved(tmp_path / "x.safetensors", **said), loaded=False)
    names = ("architecture", "class", "compat_class", "title", "author", "tags", "date", "resolution")
    assert [told[name] for name in names] == [
        *("flux-1-dev", "Flux.1 Dev", "flux-1", "Own", "me", ["a", "b"], "2025", "1024x1024"),
    ]


@pytest.mark.parametrize(
    ("resolution", "sides"),
    [("768x640", (768, 640)), ("768", (768, 768)), ("0x5", (512, 512)), ("wide", (512, 512))],
)
def test_its_resolution(resolution: str, sides: tuple[int, int], tmp_path: Path) -> None:
    told = describe(saved(tmp_path / "x.safetensors", resolution=resolution), loaded=False)
    assert (told["standard_width"], told["standard_height"]) == sides


def test_what_is_no_checkpoint_is_not_read(tmp_path: Path) -> None:
    told = describe(saved(tmp_path / "x.safetensors", title="Own"), loaded=False, subtype="VAE")
    assert (told["title"], told["architecture"]) == ("x", None)
