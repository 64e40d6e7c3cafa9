"""The seed fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.plugin import Names, Script, ScriptArgument


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """Its positional arguments."""
    return (
        ScriptArgument(label="Seed", value=-1, step=1),
        ScriptArgument(label="Extra", value=False),
        ScriptArgument(label="Variation seed", value=-1, step=1),
        ScriptArgument(label="Variation strength", value=0.0, minimum=0, maximum=1, step=0.01),
        ScriptArgument(label="Resize seed from width", value=0, minimum=0, maximum=2048, step=8),
        ScriptArgument(label="Resize seed from height", value=0, minimum=0, maximum=2048, step=8),
    )


SCRIPT = Script(title="Seed", arguments=arguments, always_on=True, order=902)
