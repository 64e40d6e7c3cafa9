"""Put the answer together: grid, order of pictures, infotexts, encoding."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from pipelines.contract.heed import heeding
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import Work
from pipelines.generation.batch import FinishedPicture
from pipelines.generation.finishing.describe import info, infotext
from pipelines.generation.finishing.finish import name_facts
from pipelines.generation.job import GenerationJob
from pipelines.pictures.encode import encode_picture
from pipelines.pictures.grid import grid_rows, picture_grid
from pipelines.pictures.save import save_picture


def answer(job: GenerationJob, finished: list[FinishedPicture]) -> Work[GenerationResult]:
    """A1111's order: the grid first if one is made, then each picture followed by its companions."""
    plan, output = job.plan, job.request.output
    pictures: list[tuple[Image.Image, str | None]] = []
    for one in finished:
        pictures.append((one.image, one.infotext))
        pictures.extend((companion, None) for companion in one.companions)
    infotexts = [one.infotext for one in finished] or [infotext(job, 0)]
    first = 0
    grid = _grid(job, [image for image, _ in pictures])
    if grid is not None and output.return_grid:
        pictures.insert(0, (grid, infotexts[0]))
        infotexts.insert(0, infotexts[0])
        first = 1
    more = yield from job.services.hooks.extra_pictures(job)
    pictures.extend((picture, None) for picture in more)
    return GenerationResult(
        images=_encoded(job, pictures) if job.request.send_images else (),
        info=info(job, infotexts, first_picture=first),
        effective={"width": plan.width, "height": plan.height, "sd_model_hash": job.checkpoint.model_hash},
        warnings=job.notes.warnings,
        files=job.notes.files,
    )


def _encoded(job: GenerationJob, pictures: Sequence[tuple[Image.Image, str | None]]) -> tuple[bytes, ...]:
    return tuple(encode(job, picture, text) for picture, text in heeding(pictures))


def encode(job: GenerationJob, picture: Image.Image, text: str | None) -> bytes:
    """Encode for the client, in the format and with the metadata that options ask for."""
    output = job.request.output
    return encode_picture(
        picture,
        job.request.response_format or output.samples_format,
        infotext=text if output.enable_pnginfo else None,
        quality=output.jpeg_quality,
    )


def _grid(job: GenerationJob, pictures: list[Image.Image]) -> Image.Image | None:
    """Only requests that save pictures get a grid."""
    r, output = job.request, job.request.output
    wanted = (output.return_grid or output.grid_save) and r.save_images
    if not wanted or not pictures or (len(pictures) < 2 and output.grid_only_if_multiple):
        return None
    rows = grid_rows(
        len(pictures), r.batch_size, output.n_rows, no_empty_spots=output.grid_prevent_empty_spots
    )
    grid = picture_grid(pictures, rows, output.grid_background_color)
    if output.grid_save:
        outdir = output.outdir_img2img_grids if r.img2img else output.outdir_txt2img_grids
        path = save_picture(
            grid,
            job.services.settings.folders.places.output_folder(outdir),
            name_facts(job, grid, 0, basename="grid"),
            output,
            extension=output.grid_format,
            infotext=infotext(job, 0),
            grid=True,
        )
        job.notes.add_file(str(path))
    return grid
