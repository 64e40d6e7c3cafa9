"""Draw the seeds that a client left open, before a job is queued."""

from __future__ import annotations

from pipelines.contract.requests import Seeds
from pipelines.sampling.seeds import draw_seed
from sdapi.intent.intent import SeedsIntent


def resolve_seeds(seeds: SeedsIntent) -> Seeds:
    """All numbers that noise comes from, with a note of those that were drawn."""
    return Seeds(
        seed=draw_seed() if seeds.seed is None else seeds.seed,
        subseed=draw_seed() if seeds.subseed is None else seeds.subseed,
        subseed_strength=seeds.subseed_strength,
        resize_width=seeds.resize_width,
        resize_height=seeds.resize_height,
        random=seeds.seed is None,
        random_subseed=seeds.subseed is None,
        chance=draw_seed(),
    )
