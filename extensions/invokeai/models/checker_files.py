"""Files of Stable Diffusion's safety checker, in the layout in which it is published."""

from __future__ import annotations

from pathlib import Path

FOLDER = "safety_checker"
"""Below the folder of models."""
FILES = ("config.json", "preprocessor_config.json", "model.safetensors")


def missing_file(models: Path) -> str | None:
    """The name of the first file that isn't in the folder of models; None if the checker can be loaded."""
    return next((name for name in FILES if not (models / FOLDER / name).is_file()), None)
