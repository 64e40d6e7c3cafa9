"""The refiner fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting.script_file import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Refiner", value=False),
        ScriptArg(label="Checkpoint", value="", choices=names.checkpoints),
        ScriptArg(label="Switch at", value=0.8, minimum=0.01, maximum=1.0, step=0.01),
    )


SCRIPT = Script(title="Refiner", arguments=arguments, always_on=True, order=900)
