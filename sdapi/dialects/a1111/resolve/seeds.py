"""Seeds: -1 and null become random numbers before a job is queued."""

from __future__ import annotations

from pipelines.contract.requests import Seeds
from pipelines.sampling.seeds import draw_seed
from sdapi.dialects.a1111.schemas.generation import Generation


def resolve_seed(seed: int | None) -> int:
    """The seed itself, or a random one for -1 and None."""
    return draw_seed() if seed is None or seed == -1 else seed


def resolve_seeds(body: Generation) -> Seeds:
    """All seed fields of a request."""
    return Seeds(
        seed=resolve_seed(body.seed),
        subseed=resolve_seed(body.subseed),
        subseed_strength=body.subseed_strength or 0,
        resize_width=_or(body.seed_resize_from_w, -1),
        resize_height=_or(body.seed_resize_from_h, -1),
        random=body.seed in (None, -1),
        random_subseed=body.subseed in (None, -1),
        chance=draw_seed(),
    )


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
