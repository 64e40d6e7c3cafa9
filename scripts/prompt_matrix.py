"""Combine parts of a prompt, separated by `|`, in every way."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Put variable parts at start of prompt", value=False),
        ScriptArg(label="Use different seed for each picture", value=False),
        ScriptArg(label="Select prompt", value="positive", choices=("positive", "negative")),
        ScriptArg(label="Select joining char", value="comma", choices=("comma", "space")),
        ScriptArg(label="Grid margins (px)", value=0, minimum=0, maximum=500, step=2),
    )


SCRIPT = Script(title="Prompt matrix", arguments=arguments, order=100)
