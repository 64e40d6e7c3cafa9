"""Arguments of soft inpainting, which the inpainting stages carry out."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting.script_file import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Soft inpainting", value=False),
        ScriptArg(label="Schedule bias", value=1, minimum=0, maximum=8, step=0.1),
        ScriptArg(label="Preservation strength", value=0.5, minimum=0, maximum=8, step=0.05),
        ScriptArg(label="Transition contrast boost", value=4, minimum=1, maximum=32, step=0.5),
        ScriptArg(label="Mask influence", value=0, minimum=0, maximum=1, step=0.05),
        ScriptArg(label="Difference threshold", value=0.5, minimum=0, maximum=8, step=0.25),
        ScriptArg(label="Difference contrast", value=2, minimum=0, maximum=8, step=0.25),
    )


SCRIPT = Script(title="Soft inpainting", arguments=arguments, always_on=True, txt2img=False, order=220)
