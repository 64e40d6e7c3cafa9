"""The refiner fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.plugin import Names, Script, ScriptArgument


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """Its positional arguments."""
    return (
        ScriptArgument(label="Refiner", value=False),
        ScriptArgument(label="Checkpoint", value="", choices=names.checkpoints),
        ScriptArgument(label="Switch at", value=0.8, minimum=0.01, maximum=1.0, step=0.01),
    )


SCRIPT = Script(title="Refiner", arguments=arguments, always_on=True, order=900)
