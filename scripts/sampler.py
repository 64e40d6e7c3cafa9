"""The sampler fields, listed as a script; the request's own fields rule."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.plugin import Names, Script, ScriptArgument


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """Its positional arguments."""
    return (
        ScriptArgument(label="Sampling steps", value=20, minimum=1, maximum=150, step=1),
        ScriptArgument(label="Sampling method", value="DPM++ 2M", choices=names.samplers),
        ScriptArgument(label="Schedule type", value="Automatic", choices=names.schedulers),
    )


SCRIPT = Script(title="Sampler", arguments=arguments, always_on=True, order=901)
