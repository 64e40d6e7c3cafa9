"""The seed fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting.script_file import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Seed", value=-1, step=1),
        ScriptArg(label="Extra", value=False),
        ScriptArg(label="Variation seed", value=-1, step=1),
        ScriptArg(label="Variation strength", value=0.0, minimum=0, maximum=1, step=0.01),
        ScriptArg(label="Resize seed from width", value=0, minimum=0, maximum=2048, step=8),
        ScriptArg(label="Resize seed from height", value=0, minimum=0, maximum=2048, step=8),
    )


SCRIPT = Script(title="Seed", arguments=arguments, always_on=True, order=902)
