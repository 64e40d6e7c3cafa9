"""Ids of parameters: whatever the spelling, what remains is small letters."""

from __future__ import annotations


def clean(name: str) -> str:
    """The id that a name stands for: `CFG Scale`, `cfg_scale` and `cfgscale` are the same."""
    return "".join(letter for letter in name.lower() if "a" <= letter <= "z")
