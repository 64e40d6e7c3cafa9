"""Labels of options for people."""

from __future__ import annotations

from sdapi.options.table import Option


def option_label(option: Option) -> str:
    """Its infotext label, else its key in words."""
    return option.label or option.key.replace("_", " ").strip().capitalize()
