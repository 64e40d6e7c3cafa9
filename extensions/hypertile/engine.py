"""HyperTile's place in a generation: it patches the network and the VAE of every pass."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from extensions.hypertile.infotext import tile_pairs, unet_pairs
from extensions.hypertile.options import HypertileOptions
from pipelines.plugin import Hypertile, PatchHook, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, SamplingPass


class TileStream(Random):
    """The stream of tile sizes of one job."""


@hook
def begin_job(job: GenerationJob) -> None:
    """Start the stream of tile sizes, which goes on through all passes and batches; add infotext pairs."""
    job.store.put(TileStream(job.seeds[0]))
    job.add_pairs(tile_pairs(HypertileOptions.of(job.request.options)))


@hook
def patch_hook(job: GenerationJob, sampling: SamplingPass) -> PatchHook | None:
    """Tile UNet and VAE as options ask, unless a checkpoint of another kind has taken over."""
    if not job.models.shapes_attention:
        return None
    o = HypertileOptions.of(job.request.options)
    unet, vae = _unet(job, sampling, o), _vae(job, sampling, o)
    return lambda patches: replace(patches, hypertile=unet, hypertile_vae=vae)


def _unet(job: GenerationJob, sampling: SamplingPass, o: HypertileOptions) -> Hypertile | None:
    """The UNet's tiles in a pass; the second pass tiles if either switch is on, and starts its sizes anew."""
    wanted = o.hypertile_enable_unet or (sampling.hires and o.hypertile_enable_unet_secondpass)
    if not wanted:
        return None
    if sampling.hires:
        job.store.put(TileStream(job.seeds[0]))
        if not o.hypertile_enable_unet:
            job.add_pairs({"Hypertile U-Net second pass": True, **unet_pairs(o)})
    return _tiles(
        job, sampling, o.hypertile_max_depth_unet, o.hypertile_max_tile_unet, o.hypertile_swap_size_unet
    )


def _vae(job: GenerationJob, sampling: SamplingPass, o: HypertileOptions) -> Hypertile | None:
    if not o.hypertile_enable_vae:
        return None
    return _tiles(
        job, sampling, o.hypertile_max_depth_vae, o.hypertile_max_tile_vae, o.hypertile_swap_size_vae
    )


def _tiles(
    job: GenerationJob, sampling: SamplingPass, max_depth: int, max_tile: int, swap_size: int
) -> Hypertile:
    return Hypertile(
        seed=job.seeds[0],
        random=job.store.keep(TileStream, lambda: TileStream(job.seeds[0])),
        width=sampling.width,
        height=sampling.height,
        cell=job.loaded.latents.cell,
        max_depth=max_depth,
        max_tile=max_tile,
        swap_size=swap_size,
    )
