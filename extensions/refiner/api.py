"""The refiner's part of the HTTP side: its fields, listed as a script, and its options."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.refiner.options import RefinerOptions
from pipelines.plugin import Names, Script, ScriptArgument
from sdapi.plugin import Option, api_hook, option_rows


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The script's positional arguments, for listings; a request's own fields are what counts."""
    return (
        ScriptArgument(label="Refiner", value=False),
        ScriptArgument(label="Checkpoint", value="", choices=names.checkpoints),
        ScriptArgument(label="Switch at", value=0.8, minimum=0.01, maximum=1.0, step=0.01),
    )


@api_hook
def scripts() -> Sequence[Script]:
    """The always-on script by which listings show the refiner."""
    return (Script(title="Refiner", arguments=arguments, always_on=True, order=900),)


@api_hook
def options() -> Sequence[Option]:
    """The rows of the refiner's options."""
    return option_rows(RefinerOptions, section="sampler-params")
