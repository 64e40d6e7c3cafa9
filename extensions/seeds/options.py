"""Options of seeds, by A1111's keys."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedOptions(ExtensionOptions):
    """The number that is added to seeds for the noise that samplers add, ENSD in infotexts."""

    eta_noise_seed_delta: int = 0
