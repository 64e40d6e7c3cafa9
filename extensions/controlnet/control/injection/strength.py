"""The strength of a unit by layer, and the passes and moments in which it acts."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.controlnet.units.spellings import ControlMode, HiresOption
from extensions.controlnet.units.unit import Unit

SOFT_BASE = 0.825
SOFT_LAYERS = 13
LAST_TIMESTEP = 999


def soft_weights(count: int) -> tuple[float, ...]:
    """Rising weights 0.825^(12 - i); SDXL's ten outputs take the first ten of the thirteen."""
    return tuple(SOFT_BASE ** float(SOFT_LAYERS - 1 - i) for i in range(SOFT_LAYERS))[:count]


def layer_weights(
    unit: Unit, count: int, *, hires: bool, ramp: tuple[float, ...] | None = None
) -> tuple[float, ...]:
    """The scale of every output of a network with ``count`` outputs, the deepest last.

    ``ramp`` are the soft weights, for networks that have their own.
    """
    if unit.advanced_weighting is not None:
        given = unit.advanced_weighting[:count]
        return (*given, *(0.0 for _ in range(count - len(given))))
    soft = unit.control_mode is not ControlMode.BALANCED or (hires and unit.preprocessor.softened)
    if not soft:
        return (unit.weight,) * count
    return tuple(unit.weight * value for value in ramp or soft_weights(count))


def acts_in(unit: Unit, *, hires: bool) -> bool:
    """True if a unit takes part in a pass."""
    return unit.hr_option is not (HiresOption.LOW if hires else HiresOption.HIGH)


@dataclass(slots=True)
class Clock:
    """The progress that the original goes by: a step counts only after its first model call.

    ``late``: only after its last, as with samplers that choose their steps as they go. They may take more
    steps than were planned for the pass: their progress then exceeds 1, the end of every unit.
    """

    late: bool = False
    seen: int = 0
    call: int = -1
    step: int = -1

    def tick(self, call: int, step: int) -> int:
        """The step number that model call ``call``, in sampler step ``step``, goes by."""
        if self.late:
            return max(step - 1, 0)
        if call != self.call:
            if step == self.step or self.call < 0:
                self.seen = max(step, 0)
            self.call, previous, self.step = call, self.step, step
            if previous not in (step, -1):
                self.seen = previous
        return self.seen

    def fraction(self, call: int, progress: tuple[int, int]) -> float:
        """The progress at model call ``call``. ``progress``: step of the sampler, steps of the pass."""
        step, steps = progress
        return self.tick(call, step) / max(steps, 1)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of a model call in 0..1: by the steps of the pass, and by the noise level of its timestep.

    ``noise``: 0 at pure noise, 1 without any.
    """

    steps: float
    noise: float = 0.0


def moment_of(timestep: float, steps: float) -> Moment:
    """The moment of a call at the network's ``timestep``, which counts down from 999."""
    return Moment(steps, 1.0 - min(max(timestep, 0.0), float(LAST_TIMESTEP)) / LAST_TIMESTEP)


def acts_at(unit: Unit, moment: Moment, *, hires: bool) -> bool:
    """True if a unit takes part in a pass and acts at a moment."""
    return in_window(unit, moment) and acts_in(unit, hires=hires)


def in_window(unit: Unit, moment: Moment) -> bool:
    """True if a moment lies in a unit's window, both ends included."""
    progress = moment.noise if unit.guidance_by_noise else moment.steps
    return unit.guidance_start <= progress <= unit.guidance_end


def before_end(unit: Unit, moment: Moment) -> bool:
    """True if a moment lies in a unit's window; a window that goes by noise excludes its end here."""
    return in_window(unit, moment) and not (unit.guidance_by_noise and moment.noise >= unit.guidance_end)
