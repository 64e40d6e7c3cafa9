"""The place of seeds in a generation: they vary the noise of a batch, and have places in infotexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.seeds.options import SeedOptions
from extensions.seeds.varied import VariedRNG
from pipelines.plugin import SAMPLER_INFOS, ImageRNG, Pairs, RngHook, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob


@hook
def rng_hook(job: GenerationJob, batch_index: int) -> RngHook | None:
    """Vary the noise of a batch by subseeds, another size and ENSD; None where none of them is asked for."""
    strength = job.request.seeds.subseed_strength
    resize, ensd = _resized(job), SeedOptions.of(job.request.options).eta_noise_seed_delta
    if not (strength or resize or ensd):
        return None
    subseeds = job.plan.subseeds[job.plan.batch(batch_index)]

    def varied(rng: ImageRNG) -> ImageRNG:
        return VariedRNG(
            shape=rng.shape,
            seeds=rng.seeds,
            source=rng.source,
            device=rng.device,
            subseeds=subseeds,
            subseed_strength=strength,
            resize=resize,
            ensd=ensd,
        )

    return varied


@hook
def placed_pairs(job: GenerationJob, index: int) -> Pairs:
    """The infotext pairs of picture ``index``: variation, size and ENSD; None for those not in use."""
    seeds = job.request.seeds
    varied = seeds.subseed_strength != 0
    resized = seeds.resize_width > 0 and seeds.resize_height > 0
    return {
        "Variation seed": job.plan.subseeds[index] if varied else None,
        "Variation seed strength": seeds.subseed_strength if varied else None,
        "Seed resize from": f"{seeds.resize_width}x{seeds.resize_height}" if resized else None,
        "ENSD": _ensd(job),
    }


def _resized(job: GenerationJob) -> tuple[int, int] | None:
    """Height and width in cells that noise is drawn at, where the request asks for another size."""
    seeds, latents = job.request.seeds, job.loaded.latents
    if seeds.resize_width <= 0 or seeds.resize_height <= 0:
        return None
    return latents.cells(seeds.resize_height), latents.cells(seeds.resize_width)


def _ensd(job: GenerationJob) -> int | None:
    """The option if the sampler goes by it: it uses ENSD, and its eta isn't 0."""
    o, eta = job.request.options, job.request.churn.eta
    used = SAMPLER_INFOS[job.request.sampler].uses_ensd and (o.eta_ancestral if eta is None else eta) != 0
    return (SeedOptions.of(o).eta_noise_seed_delta or None) if used else None
