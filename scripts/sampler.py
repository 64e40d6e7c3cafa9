"""The sampler fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting.script_file import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Sampling steps", value=20, minimum=1, maximum=150, step=1),
        ScriptArg(label="Sampling method", value="DPM++ 2M", choices=names.samplers),
        ScriptArg(label="Schedule type", value="Automatic", choices=names.schedulers),
    )


SCRIPT = Script(title="Sampler", arguments=arguments, always_on=True, order=901)
