"""Soft inpainting's part of the HTTP side: its script."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.soft_inpainting.script import SCRIPT
from pipelines.plugin import Script
from sdapi.plugin import api_hook


@api_hook
def scripts() -> Sequence[Script]:
    """The script with its arguments."""
    return (SCRIPT,)
