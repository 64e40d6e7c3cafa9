"""Schedules of a LoRA's learning rate: those of diffusers, by their names."""

from __future__ import annotations

import math

SCHEDULES = ("constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts", "polynomial")
LEAST = 1e-7
"""The rate that diffusers' polynomial ends at."""


def factor(name: str, made: int, *, total: int, warmup: int = 0, cycles: int = 1, rate: float = 1.0) -> float:
    """Return the factor of the rate for the step after ``made`` steps."""
    if name == "constant":
        return 1.0
    if made < warmup:
        return made / max(1, warmup)
    if name == "constant_with_warmup":
        return 1.0
    share = (made - warmup) / max(1, total - warmup)
    if name == "linear":
        return max(0.0, 1.0 - share)
    if name == "cosine":
        return max(0.0, 0.5 * (1.0 + math.cos(math.pi * share)))
    if name == "cosine_with_restarts":
        return 0.0 if share >= 1.0 else 0.5 * (1.0 + math.cos(math.pi * (cycles * share % 1.0)))
    end = min(LEAST, rate)
    return ((rate - end) * (1.0 - min(share, 1.0)) + end) / rate if rate else 0.0
