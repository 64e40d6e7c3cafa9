"""Pictures of unfinished work, made while a job samples."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from pipelines.denoising.denoiser import GuidedDenoiser
from pipelines.generation.job import GenerationJob
from pipelines.pictures.encode import encode_picture
from pipelines.pictures.grid import grid_rows, picture_grid
from pipelines.previews.preview import LatentPreviews, latent_previews


def previewer(job: GenerationJob) -> Callable[[GuidedDenoiser], None] | None:
    """Make a reporter of previews every ``show_progress_every_n_steps`` steps; None if switched off.

    A picture is reported at the first step at which it has come from the device, which nothing waits for.
    """
    output = job.request.output
    every = output.show_progress_every_n_steps
    if not output.live_previews_enable or every <= 0:
        return None
    shown = -1
    coming: LatentPreviews | None = None

    def tell() -> None:
        nonlocal coming
        if coming is not None and coming.pixels.ready:
            _tell(job, coming.images())
            coming = None

    def show(denoiser: GuidedDenoiser) -> None:
        nonlocal shown, coming
        tell()
        step = job.reporter.state.step + 1
        if denoiser.preview is None or step % every or step == shown or coming is not None:
            return
        shown = step
        coming = latent_previews(
            denoiser.preview,
            denoiser.predictor.model.family,
            method=output.show_progress_type,
            models=job.services.tiny_models,
        )
        tell()

    return show


def _tell(job: GenerationJob, pictures: list[Image.Image]) -> None:
    output = job.request.output
    picture = pictures[0]
    if output.show_progress_grid and len(pictures) > 1:
        rows = grid_rows(len(pictures), len(pictures), -1, no_empty_spots=False)
        picture = picture_grid(pictures, rows)
    job.reporter.preview(encode_picture(picture, output.live_previews_image_format))
