"""Add control to the calls of a pass: networks' residuals, attention, corrections of the prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.control.injection.strength import Clock, Moment, acts_at, layer_weights, moment_of
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import ControlMode
from pipelines.plugin import AttentionHook, ModelCall, OutputHook, Residuals


class ResidualNetwork(Protocol):
    """Returns a residual per skip connection, shallowest first, then the middle's."""

    @property
    def globally_pooled(self) -> bool:
        """True if residuals are averaged over space."""
        ...

    def __call__(
        self, x: Tensor, hint: Tensor, timesteps: Tensor, context: Tensor, vector: Tensor | None
    ) -> list[Tensor]: ...


@dataclass(slots=True, kw_only=True)
class ControlHook:
    """Adds the residuals of every active unit to each model call of one pass.

    ``progress`` returns (step of the sampler, steps of the pass); ``network`` loads a unit's network;
    ``patch`` makes the change of the UNet's own layers for a unit of ``patched``; ``context`` returns the
    encoding that a unit's network reads. ``latents`` encode the pictures of units, which the original does
    before all else; ``repainting`` gives inpainting checkpoints a unit's mask and picture.
    """

    units: Sequence[PreparedUnit]
    references: Sequence[PreparedUnit] = ()
    latents: Sequence[tuple[PreparedUnit, Callable[[], object]]] = ()
    repainting: Callable[[ModelCall], ModelCall] = lambda call: call
    patched: Sequence[PreparedUnit] = ()
    hires: bool
    corrections: Sequence[OutputHook] = ()
    progress: Callable[[], tuple[int, int]]
    network: Callable[[PreparedUnit], ResidualNetwork]
    refer: Callable[[ModelCall, Sequence[PreparedUnit]], AttentionHook]
    patch: Callable[[ModelCall, PreparedUnit], AttentionHook]
    context: Callable[[PreparedUnit, ModelCall], Tensor] = lambda unit, call: call.context
    clock: Clock = field(default_factory=Clock)

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """The call with control."""
        steps = self.clock.fraction(call.rows.call, self.progress())
        moment = moment_of(call.rows.timestep, steps)
        referred = self._active(self.references, moment)
        for unit, encode in self.latents:
            if unit in referred or unit not in self.references:
                encode()
        call = self.repainting(call)
        active = self._active(self.units, moment)
        totals: list[Tensor] | None = None
        for unit in active:
            reading = replace(call, context=self.context(unit, call))
            added = unit_residuals(unit, self.network(unit), reading, hires=self.hires)
            totals = added if totals is None else [a + b for a, b in zip(totals, added, strict=True)]
        patches = tuple(self.patch(call, unit) for unit in self._active(self.patched, moment))
        if patches:
            call = replace(call, attention=(*call.attention, *patches))
        if referred:
            call = replace(call, attention=(*call.attention, self.refer(call, referred)))
        if self.corrections:
            call = replace(call, outputs=(*call.outputs, *self.corrections))
        if totals is None:
            return call
        return replace(call, residuals=Residuals(skips=tuple(totals[:-1]), middle=totals[-1]))

    def _active(self, units: Sequence[PreparedUnit], moment: Moment) -> list[PreparedUnit]:
        return [u for u in units if acts_at(u.unit, moment, hires=self.hires)]


def unit_residuals(
    unit: PreparedUnit, network: ResidualNetwork, call: ModelCall, *, hires: bool
) -> list[Tensor]:
    """Scaled, masked and pooled residuals of one unit, the middle's last."""
    x = call.x.to(call.model.device)
    outputs = network(
        x, unit.hint(hires=hires, device=x.device), call.timesteps.to(x.device), call.context, call.vector
    )
    weights = layer_weights(unit.unit, len(outputs), hires=hires)
    rows = cond_rows(unit, call, pooled=network.globally_pooled)
    return [
        placed(output * weight, unit.region_on(x.device), rows, pooled=network.globally_pooled)
        for output, weight in zip(outputs, weights, strict=True)
    ]


def cond_rows(unit: PreparedUnit, call: ModelCall, *, pooled: bool = False) -> Tensor | None:
    """(rows, 1, 1, 1) with 0 for the negative prompt's rows where they are left alone, else None."""
    if unit.unit.control_mode is not ControlMode.CONTROL and not pooled:
        return None
    return prompt_rows(call, call.model.device).float()


def shares_at(call: ModelCall) -> tuple[Tensor, Tensor]:
    """The factors of latents and of unit noise in x at the call's timestep; scalars on the CPU."""
    signal, rest = call.model.noise.shares(torch.tensor([call.rows.timestep]))
    return signal.reshape(()), rest.reshape(())


def prompt_rows(call: ModelCall, device: torch.device) -> Tensor:
    """(rows, 1, 1, 1), true for the prompt's rows; made on ``device``, to which nothing is copied."""
    rows = torch.zeros(len(call.rows.is_cond), 1, 1, 1, dtype=torch.bool, device=device)
    for row, is_cond in enumerate(call.rows.is_cond):
        if is_cond:
            rows[row].fill_(True)
    return rows


def placed(output: Tensor, region: Tensor | None, rows: Tensor | None, *, pooled: bool = False) -> Tensor:
    """A unit's output in its region and in ``rows``, zero elsewhere; ``pooled``: then averaged over space."""
    if region is not None:
        output = output * F.interpolate(region.to(output), size=output.shape[-2:], mode="bilinear")
    if pooled:
        output = output.mean(dim=(2, 3), keepdim=True)
    return output if rows is None else output * rows.to(output)
