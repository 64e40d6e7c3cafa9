"""Corrections of every prediction: keep what lies outside a mask, keep the colours of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.control.injection.inject import prompt_rows, shares_at
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.effects import ColourEffect
from pipelines.plugin import ModelCall, ModelNoise

LAST_STEP = 999
MASK_RIM = 1
"""Width of the rim around a latent cell, in pixels, in which a masked pixel repaints the cell too."""


@dataclass(slots=True, kw_only=True)
class Correction:
    """Changes the predicted picture of one unit and mixes the outcome in by the unit's weight.

    ``latent`` returns the unit's picture in latent space, (1, C, h, w). It acts at every step, inside the
    guidance window or not, and is right for networks that predict noise.
    """

    unit: PreparedUnit
    hires: bool
    latent: Callable[[], Tensor]

    def __call__(self, call: ModelCall, output: Tensor, /) -> Tensor:
        """The prediction with the correction, (rows, C, h, w)."""
        recip, rest = _factors(call)
        x = call.x[:, : output.shape[1]].to(device=output.device, dtype=torch.float32)
        eps = output.float()
        x0 = recip * x - rest * eps
        wanted = self._corrected(x0, self.latent().to(x), call)
        moved = (recip * x - wanted) / rest
        weight = min(max(self.unit.unit.weight, 0.0), 1.0)
        return (weight * moved + (1.0 - weight) * eps).to(output.dtype)

    def _corrected(self, x0: Tensor, z: Tensor, call: ModelCall) -> Tensor:
        if self.unit.keeps_outside:
            mask = latent_mask(self.unit, x0.device, call.model.latents.cell, hires=self.hires)
            return x0 * mask + z * (1.0 - mask)
        unit, effect = self.unit.unit, self.unit.effect
        side = int(unit.threshold_a) * (2 if self.hires else 1)
        fixed = x0 - box_blur(x0, side) + box_blur(z, side)
        if not (isinstance(effect, ColourEffect) and effect.sharpens):
            return fixed
        share = unit.threshold_b / 100.0
        softer = share * box_blur(fixed, side) + (1.0 - share) * fixed
        return torch.where(prompt_rows(call, x0.device), fixed, softer)


def corrects(unit: PreparedUnit) -> bool:
    """True if a unit changes predictions."""
    return isinstance(unit.effect, ColourEffect) or unit.keeps_outside


def latent_mask(unit: PreparedUnit, device: torch.device, cell: int, *, hires: bool) -> Tensor:
    """(1, 1, h, w) in latent space: 1 where repainted, a little wider than the mask."""
    return unit.once(device, ("latent mask", hires), lambda: _widened_mask(unit, cell, hires=hires))


def _widened_mask(unit: PreparedUnit, cell: int, *, hires: bool) -> Tensor:
    alpha = torch.from_numpy(unit.map(hires=hires)[:, :, 3].copy()).float() / 255.0
    mask = (alpha > 0.5).float()[None, None]
    return F.max_pool2d(mask, (cell + 2 * MASK_RIM,) * 2, stride=cell, padding=MASK_RIM)


def filled_noise(noise: Tensor, latent: Tensor, model_noise: ModelNoise) -> Tensor:
    """Noise (B, C, h, w) that holds a picture as the noisiest step does; unchanged for another size.

    ``latent``: (1, C, h, w).
    """
    if latent.shape[1:] != noise.shape[1:]:
        return noise
    signal, rest = model_noise.shares(torch.tensor([LAST_STEP]))
    return signal.to(noise) * latent.to(noise) + rest.to(noise) * noise


def box_blur(x: Tensor, k: int) -> Tensor:
    """Mean over (2k + 1) squared cells, edges repeated."""
    padded = F.pad(x, (k, k, k, k), mode="replicate")
    return F.avg_pool2d(padded, (2 * k + 1, 2 * k + 1), stride=(1, 1))


def _factors(call: ModelCall) -> tuple[Tensor, Tensor]:
    """(a, b) in picture = a * x - b * noise, at the call's timestep; scalars on the CPU."""
    signal, rest = shares_at(call)
    return 1.0 / signal, rest / signal
