"""An always-on script with an option: it draws every finished picture once more, with another prompt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from pipelines.plugin import (
    ExtensionOptions,
    GenerationJob,
    OutputOptions,
    PictureHook,
    Script,
    Work,
    hook,
    ranged,
    run_generation,
)
from sdapi.plugin import Option, api_hook, option_rows

TITLE = "Once more"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceMoreOptions(ExtensionOptions):
    """Its options. ``once_more_steps``: steps of the other picture, 0 for those of the first."""

    once_more_steps: int = ranged(0, 0, 150)


class OnceMoreApi:
    """The server's side; a package's module ``api`` holds the same functions without the class."""

    @api_hook
    def scripts(self) -> Sequence[Script]:
        """The script, by its title."""
        return (Script(title=TITLE, always_on=True),)

    @api_hook
    def options(self) -> Sequence[Option]:
        """A row for every field."""
        return option_rows(OnceMoreOptions, section="once-more")


class OnceMore:
    """The engine's side; a package's module ``engine`` holds the same function without the class."""

    @hook
    def after_faces(self, job: GenerationJob) -> PictureHook | None:
        """Ask for another generation where the script was sent with a prompt."""
        prompts = [call.args[0] for call in job.request.always_on if call.name == TITLE]
        if not prompts:
            return None
        steps = OnceMoreOptions.of(job.request.options).once_more_steps or job.request.steps
        again = replace(
            job.request,
            prompt=prompts[0],
            steps=steps,
            always_on=(),
            output=OutputOptions(),
            batch_count=1,
        )

        def draw(image: Image.Image, index: int) -> Work[Image.Image]:
            seeds = replace(again.seeds, seed=job.seeds[index])
            result = yield from run_generation(replace(again, seeds=seeds))
            return Image.open(io.BytesIO(result.images[0])).convert(image.mode)

        return draw
