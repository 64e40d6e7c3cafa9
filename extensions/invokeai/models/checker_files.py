"""Files of Stable Diffusion's safety checker, in the layout in which it is published."""

from __future__ import annotations

from pathlib import Path

FOLDER = "safety_checker"
"""Name of its folder, below that of models."""
FILES = ("config.json", "preprocessor_config.json", "model.safetensors")


def missing_file(models: Path) -> str | None:
    """Return the name of the first file that is missing; None if the checker can be loaded."""
    return next((name for name in FILES if not (models / FOLDER / name).is_file()), None)
