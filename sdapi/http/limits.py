"""The limits of one request, to the server and to its engines."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.limits import WorkLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(WorkLimits):
    """The limits of one request. Beyond: 413 for bytes and values of the body, else 422 naming the field.

    ``bodies_bytes`` is for all bodies that are read at once. ``body_values`` bounds commas and opening
    brackets, so that a body can't become many times its size in memory.
    ``image_pixels`` is where Pillow begins to warn of decompression bombs. ``ram`` and ``vram`` are an
    engine's budgets in MiB; None is no bound. ``full_precision``: weights are kept in fp32.
    """

    body_bytes: int = 512 * 2**20
    bodies_bytes: int = 2048 * 2**20
    body_values: int = 1_000_000
    image_pixels: int = 89_478_485
    ram: int | None = None
    vram: int | None = None
    full_precision: bool = False


USUAL_LIMITS = Limits()
