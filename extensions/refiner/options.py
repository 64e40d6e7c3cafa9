"""Options of the refiner, by A1111's keys."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinerOptions(ExtensionOptions):
    """The passes of hires fix that it takes part in, and a switch to count steps in place of timesteps."""

    hires_fix_refiner_pass: str = "second pass"
    refiner_switch_by_sample_steps: bool = False
