"""Pictures of unfinished work, made while a job samples."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.denoising.denoiser import GuidedDenoiser
from pipelines.generation.job import GenerationJob
from pipelines.pictures.encode import encode_image
from pipelines.pictures.grid import grid_rows, image_grid
from pipelines.previews.preview import latent_previews


def previewer(job: GenerationJob) -> Callable[[GuidedDenoiser], None] | None:
    """Reports a preview every ``show_progress_every_n_steps`` sampler steps; None if switched off."""
    output = job.request.output
    every = output.show_progress_every_n_steps
    if not output.live_previews_enable or every <= 0:
        return None
    shown = -1

    def show(denoiser: GuidedDenoiser) -> None:
        nonlocal shown
        step = job.reporter.state.step + 1
        if denoiser.preview is None or step % every or step == shown:
            return
        shown = step
        images = latent_previews(
            denoiser.preview,
            denoiser.network.model.family,
            method=output.show_progress_type,
            models=job.services.tiny_models,
        )
        if not output.show_progress_grid:
            images = images[:1]
        picture = images[0]
        if len(images) > 1:
            rows = grid_rows(len(images), len(images), -1, no_empty_spots=False)
            picture = image_grid(images, rows)
        job.reporter.preview(encode_image(picture, output.live_previews_image_format))

    return show
