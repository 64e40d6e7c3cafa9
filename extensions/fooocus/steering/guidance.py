"""Sharpness and adaptive guidance: how the predictions of both prompts are combined."""

from __future__ import annotations

from dataclasses import replace

from extensions.fooocus.kinds import Steering
from extensions.fooocus.steering.bilateral import joint_bilateral
from pipelines.plugin import Predictions

LAST = 999
PER_SHARPNESS = 0.001


def progress_of(timestep: float) -> float:
    """0 at full noise, 1 without."""
    return 1.0 - min(max(timestep, 0.0), float(LAST)) / LAST


class SharpGuidance:
    """A guidance hook; with a weight of 1 the prompt's prediction counts as it is."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def __call__(self, seen: Predictions) -> Predictions:
        """Smooth the predicted noise where the predicted picture is smooth, and weaken strong guidance."""
        if seen.scale == 1:
            return seen
        progress = progress_of(seen.timestep)
        return replace(self._sharpened(seen, progress), scale=self._scale(seen.scale, progress))

    def _sharpened(self, seen: Predictions, progress: float) -> Predictions:
        share = PER_SHARPNESS * self._steering.sharpness * progress
        if share <= 0:
            return seen
        noise = seen.cond if seen.is_noise else seen.x - seen.cond
        mixed = share * joint_bilateral(noise, seen.picture) + (1 - share) * noise
        return replace(seen, cond=mixed if seen.is_noise else seen.x - mixed)

    def _scale(self, scale: float, progress: float) -> float:
        """Between the weight that is mimicked, at first, and the real one, in the end."""
        mimicked = self._steering.adaptive_cfg
        return scale if scale <= mimicked else progress * scale + (1 - progress) * mimicked
