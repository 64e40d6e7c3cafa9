"""The size that a checkpoint names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.catalog.named_size import named_size
from pipelines.contract.errors import CorruptFile


def test_files_that_name_one_and_others(root: Path, models_dir: Path) -> None:
    assert named_size(root / "models" / "Stable-diffusion" / "demo.safetensors") == (128, 128)
    assert named_size(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors") is None
    assert named_size(Path("old.ckpt")) is None
    with pytest.raises(CorruptFile, match="nowhere"):
        named_size(Path("/nowhere.safetensors"))
