"""Refuse what costs more than a request may, or can't fit into memory, before it waits for its turn."""

from __future__ import annotations

from pathlib import Path

from pipelines.catalog.weight_bytes import ItemBytes, weight_bytes
from pipelines.contract.errors import InvalidRequest, OverBudget
from pipelines.contract.requests import GenerationRequest
from pipelines.generation.enlarge.hires_size import hires_size
from sdapi.core.config import Limits

MEGA = 10**6
MIB = 2**20
HALF, FULL = 2, 4
"""Bytes of a number."""
DECODER_VALUES = 128 * 3
"""Numbers for each pixel that the last block of a VAE's decoder holds at least: input, output, between."""
UNET_VALUES = 320 * 3 / 64
"""The same for each pixel of a picture in the first block of a UNet."""
TYPICAL = {"width": 512, "height": 512, "steps": 20, "batch_size": 1, "n_iter": 1}


def check_cost(request: GenerationRequest, limits: Limits) -> None:
    """Raises InvalidRequest or OverBudget, which name the field that is most beyond the usual."""
    if limits.cost is not None and (cost := cost_of(request)) > limits.cost:
        text = f"the request's cost is {cost:.1f}; this server allows {limits.cost} (see --max-cost)"
        raise InvalidRequest(text, field=_largest(request))
    if limits.ram is not None:
        _check_weights(Path(request.checkpoint), limits, limits.ram)
    if limits.vram is not None:
        _check_activations(request, limits, limits.vram)


def cost_of(request: GenerationRequest) -> float:
    """Megapixels times steps of all pictures, those of hires fix's second pass included."""
    first, second = _pixels(request)
    steps = request.steps
    if request.img2img is not None and request.denoising_strength is not None:
        steps = max(1, round(steps * min(1.0, request.denoising_strength)))
    cost = first * steps
    if request.hires is not None:
        strength = 0.75 if request.denoising_strength is None else request.denoising_strength
        cost += second * max(1, round((request.hires.steps or request.steps) * strength))
    return cost * request.batch_size * request.batch_count / MEGA


def _pixels(request: GenerationRequest) -> tuple[int, int]:
    """Pixels of one picture in the first pass, and in the second or 0."""
    if request.hires is None:
        return request.width * request.height, 0
    old = request.options.use_old_hires_fix_width_height
    try:
        size = hires_size(request.width, request.height, request.hires, old_sizes=old)
    except ZeroDivisionError as error:
        raise InvalidRequest("both sides are needed, or neither", field="firstphase_width") from error
    return size.width * size.height, size.upscale_width * size.upscale_height


def _largest(request: GenerationRequest) -> str:
    first, second = _pixels(request)
    if second > 2 * first:
        return "hr_scale"
    values = {
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "batch_size": request.batch_size,
        "n_iter": request.batch_count,
    }
    return max(TYPICAL, key=lambda name: values[name] / TYPICAL[name])


def _check_weights(path: Path, limits: Limits, budget: int) -> None:
    """A file that is gone is the engine's to report."""
    size = FULL if limits.full_precision else HALF
    try:
        needed = weight_bytes(path, ItemBytes(unet=size, rest=size))
    except OSError:
        return
    if needed > budget * MIB:
        text = f"{path.name} takes {needed // MIB} MiB of RAM; the budget is {budget} MiB"
        raise OverBudget(text, field="sd_model_checkpoint")


def _check_activations(request: GenerationRequest, limits: Limits, budget: int) -> None:
    """What even the leanest way needs: one picture in the decoder, or the batch and its twin in the UNet."""
    size = FULL if limits.full_precision else HALF
    pixels = max(_pixels(request))
    decoding = int(pixels * DECODER_VALUES * size)
    denoising = int(pixels * UNET_VALUES * size) * request.batch_size * 2
    needed = max(decoding, denoising)
    if needed > budget * MIB:
        field = "batch_size" if denoising > decoding else "hr_scale" if request.hires else "width"
        text = f"the pictures take at least {needed // MIB} MiB of device memory; the budget is {budget} MiB"
        raise OverBudget(text, field=field)
