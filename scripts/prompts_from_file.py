"""Run one job per line of text."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Iterate seed every line", value=False),
        ScriptArg(label="Use same random seed for all lines", value=False),
        ScriptArg(label="Insert prompts at the", value="start", choices=("start", "end")),
        ScriptArg(label="List of prompt inputs", value=""),
    )


SCRIPT = Script(title="Prompts from file or textbox", arguments=arguments, order=100)
