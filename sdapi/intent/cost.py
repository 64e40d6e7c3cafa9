"""Refuse what can't fit into memory before it waits for its turn.

Families are imported once a budget asks for them: most servers have none, and the start has no time for that.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contract.errors import CorruptFile, OverBudget
from pipelines.contract.limits import passes
from pipelines.contract.requests import GenerationRequest
from sdapi.http.limits import Limits

if TYPE_CHECKING:
    from pipelines.families.base import Footprint

MIB = 2**20
HALF, FULL = 2, 4
"""Bytes of a number."""


def check_memory(request: GenerationRequest, limits: Limits) -> None:
    """Compare weights and activations with the budgets. Raises OverBudget that names the costliest field."""
    if limits.ram is not None:
        _check_weights(Path(request.checkpoint), limits, limits.ram)
    if limits.vram is not None:
        _check_activations(request, limits, limits.vram)


def _check_weights(path: Path, limits: Limits, budget: int) -> None:
    """Check the checkpoint's weights; a missing file is left for the engine to report."""
    from pipelines.families.weight_bytes import ItemBytes, weight_bytes

    size = FULL if limits.full_precision else HALF
    try:
        needed = weight_bytes(path, ItemBytes(backbone=size, rest=size))
    except OSError:
        return
    if needed > budget * MIB:
        text = f"{path.name} takes {needed // MIB} MiB of RAM; the budget is {budget} MiB"
        raise OverBudget(text, field="checkpoint")


def _check_activations(request: GenerationRequest, limits: Limits, budget: int) -> None:
    """Check the least that is needed: one picture in the decoder, or the doubled batch in the backbone."""
    footprint = _footprint(Path(request.checkpoint))
    if footprint is None:
        return
    size = FULL if limits.full_precision else HALF
    pixels = max(width * height for width, height in passes(request))
    decoding = int(pixels * footprint.decoder_values * size)
    denoising = int(pixels * footprint.backbone_values * size) * request.batch_size * 2
    needed = max(decoding, denoising)
    if needed > budget * MIB:
        field = "batch_size" if denoising > decoding else "hires.scale" if request.hires else "width"
        text = f"the pictures take at least {needed // MIB} MiB of device memory; the budget is {budget} MiB"
        raise OverBudget(text, field=field)


def _footprint(path: Path) -> Footprint | None:
    """The footprint of a built-in family's file; what else there is, the engine knows."""
    from pipelines.families.registry import family_of

    try:
        family = family_of(path)
    except (CorruptFile, OSError):
        return None
    return None if family is None else family.footprint
