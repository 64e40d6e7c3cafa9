"""Refuse what can't fit into memory before it waits for its turn."""

from __future__ import annotations

from pathlib import Path

from pipelines.catalog.weight_bytes import ItemBytes, weight_bytes
from pipelines.contract.errors import OverBudget
from pipelines.contract.limits import passes
from pipelines.contract.requests import GenerationRequest
from sdapi.http.limits import Limits

MIB = 2**20
HALF, FULL = 2, 4
"""Bytes of a number."""
DECODER_VALUES = 128 * 3
"""Numbers for each pixel that the last block of a VAE's decoder holds at least: input, output, between."""
UNET_VALUES = 320 * 3 / 64
"""The same for each pixel of a picture in the first block of a UNet."""


def check_memory(request: GenerationRequest, limits: Limits) -> None:
    """Compare weights and activations with the budgets. Raises OverBudget that names the costliest field."""
    if limits.ram is not None:
        _check_weights(Path(request.checkpoint), limits, limits.ram)
    if limits.vram is not None:
        _check_activations(request, limits, limits.vram)


def _check_weights(path: Path, limits: Limits, budget: int) -> None:
    """Check the checkpoint's weights; a missing file is left for the engine to report."""
    size = FULL if limits.full_precision else HALF
    try:
        needed = weight_bytes(path, ItemBytes(unet=size, rest=size))
    except OSError:
        return
    if needed > budget * MIB:
        text = f"{path.name} takes {needed // MIB} MiB of RAM; the budget is {budget} MiB"
        raise OverBudget(text, field="checkpoint")


def _check_activations(request: GenerationRequest, limits: Limits, budget: int) -> None:
    """Check the least that any way needs: one picture in the decoder, or the doubled batch in the UNet."""
    size = FULL if limits.full_precision else HALF
    pixels = max(width * height for width, height in passes(request))
    decoding = int(pixels * DECODER_VALUES * size)
    denoising = int(pixels * UNET_VALUES * size) * request.batch_size * 2
    needed = max(decoding, denoising)
    if needed > budget * MIB:
        field = "batch_size" if denoising > decoding else "hires.scale" if request.hires else "width"
        text = f"the pictures take at least {needed // MIB} MiB of device memory; the budget is {budget} MiB"
        raise OverBudget(text, field=field)
