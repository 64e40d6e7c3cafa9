"""Write control maps next to the pictures, for option ``control_net_detectmap_autosaving``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import fit_folders, name_facts, sanitize, save_picture

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob


def save_maps(job: GenerationJob, unit: Unit, maps: Sequence[Image.Image]) -> None:
    """Write a unit's maps to DETECTMAP_DIR/MODULE, which always lies below the folder of samples."""
    if not unit.preprocessor.saves:
        return
    output = job.request.output
    outdir = output.outdir_img2img_samples if job.request.img2img else output.outdir_txt2img_samples
    name = sanitize(unit.module)
    samples = job.services.settings.folders.places.output_folder(outdir)
    parent = ControlNetOptions.of(job.request.options).control_net_detectedmap_dir
    folder = fit_folders(f"{parent}/{name}", samples)
    for picture in maps:
        path = save_picture(
            picture,
            folder,
            name_facts(job, picture, 0, basename=name),
            output,
            extension=output.samples_format,
            infotext=None,
            grid=True,
        )
        job.notes.add_file(str(path))
