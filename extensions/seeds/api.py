"""The seeds' part of the HTTP side: their fields, listed as a script, and their option."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.seeds.options import SeedOptions
from pipelines.plugin import Names, Script, ScriptArgument
from sdapi.plugin import Option, api_hook, option_rows


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The script's positional arguments, for listings; a request's own fields are what counts."""
    return (
        ScriptArgument(label="Seed", value=-1, step=1),
        ScriptArgument(label="Extra", value=False),
        ScriptArgument(label="Variation seed", value=-1, step=1),
        ScriptArgument(label="Variation strength", value=0.0, minimum=0, maximum=1, step=0.01),
        ScriptArgument(label="Resize seed from width", value=0, minimum=0, maximum=2048, step=8),
        ScriptArgument(label="Resize seed from height", value=0, minimum=0, maximum=2048, step=8),
    )


@api_hook
def scripts() -> Sequence[Script]:
    """The always-on script by which listings show the seeds' fields."""
    return (Script(title="Seed", arguments=arguments, always_on=True, order=902),)


@api_hook
def options() -> Sequence[Option]:
    """The row of option ``eta_noise_seed_delta``."""
    return option_rows(SeedOptions, section="sampler-params")
