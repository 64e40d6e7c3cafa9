"""Settings files of older versions, brought to today's keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def migrate(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Rename and convert old keys; the old ones stay in the file."""
    result = dict(stored)
    automatic = result.get("sd_vae_as_default")
    if automatic is not None and "sd_vae_overrides_per_model_preferences" not in result:
        result["sd_vae_overrides_per_model_preferences"] = not automatic
    _split_text(result, "quicksettings", "quicksettings_list")
    _split_text(result, "ui_reorder", "ui_reorder_list")
    return result


def _split_text(result: dict[str, Any], old: str, new: str) -> None:
    text = result.get(old)
    if isinstance(text, str) and new not in result:
        result[new] = [part.strip() for part in text.split(",") if part.strip()]
