"""An always-on script that draws every finished picture once more, with another prompt."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from pipelines.plugin import GenerationJob, OutputOptions, PictureHook, Work, hook, run_generation

TITLE = "Once more"


class OnceMore:
    """The plugin; a package's module ``engine`` holds the same function without the class."""

    @hook
    def after_faces(self, job: GenerationJob) -> PictureHook | None:
        """Ask for another generation where the script was sent with a prompt."""
        prompts = [call.args[0] for call in job.request.always_on if call.name == TITLE]
        if not prompts:
            return None
        again = replace(job.request, prompt=prompts[0], always_on=(), output=OutputOptions(), batch_count=1)

        def draw(image: Image.Image, index: int) -> Work[Image.Image]:
            seeds = replace(again.seeds, seed=job.seeds[index])
            result = yield from run_generation(replace(again, seeds=seeds))
            return Image.open(io.BytesIO(result.images[0])).convert(image.mode)

        return draw
