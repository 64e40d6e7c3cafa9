"""The seeds of every picture of a request."""

from __future__ import annotations

import random
from dataclasses import dataclass

from extensions.swarmui.parameters.request import SwarmRequest
from pipelines.plugin import draw_seed
from sdapi.plugin import SeedsIntent

WRAP = 2**63
CHANCE = 17
"""Added to the seed from which choices of a prompt are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmSeeds:
    """Seeds of the first picture, random ones drawn; the variation seed counts up where it ``varies``."""

    seed: int
    variation: int | None
    strength: float
    wildcard: int | None
    fixed: bool

    @property
    def varies(self) -> bool:
        """True if noise of a second seed is mixed in."""
        return self.variation is not None and self.strength > 0

    def of(self, index: int) -> SeedsIntent:
        """Return the seeds of the picture at this index of the request."""
        step = 0 if self.fixed else index
        seed = self.seed if self.varies else (self.seed + step) % WRAP
        if self.variation is None:
            return SeedsIntent(seed=seed)
        return SeedsIntent(
            seed=seed,
            subseed=self.variation + (step if self.varies else 0),
            subseed_strength=self.strength,
        )

    def chance(self, index: int) -> random.Random:
        """Return the generator of random numbers for the choices in this picture's prompt."""
        seeds = self.of(index)
        base = (seeds.seed or 0) + (seeds.subseed or 0) if self.wildcard is None else self.wildcard + index
        return random.Random(base + CHANCE)


def seeds_of(request: SwarmRequest) -> SwarmSeeds:
    """The seeds that a request asks for; -1 is drawn here, once for all of its pictures."""
    variation = request.get("variationseed", None)
    wildcard = request.get("wildcardseed", None)
    return SwarmSeeds(
        seed=_drawn(request.get("seed", -1)),
        variation=None if variation is None else _drawn(variation),
        strength=request.get("variationseedstrength", 0.0),
        wildcard=None if wildcard is None else _drawn(wildcard),
        fixed=request.get("noseedincrement", False),
    )


def _drawn(seed: int) -> int:
    """Return the seed; 31 random bits in place of -1."""
    return draw_seed() % 2**31 if seed < 0 else seed
