"""The always-on script that switches soft inpainting on, and its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.plugin import Names, Script, ScriptArgument

TITLE = "Soft inpainting"


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The switch, the sliders of the blend, and those of the final composite."""
    return (
        ScriptArgument(label="Soft inpainting", value=False),
        ScriptArgument(label="Schedule bias", value=1, minimum=0, maximum=8, step=0.1),
        ScriptArgument(label="Preservation strength", value=0.5, minimum=0, maximum=8, step=0.05),
        ScriptArgument(label="Transition contrast boost", value=4, minimum=1, maximum=32, step=0.5),
        ScriptArgument(label="Mask influence", value=0, minimum=0, maximum=1, step=0.05),
        ScriptArgument(label="Difference threshold", value=0.5, minimum=0, maximum=8, step=0.25),
        ScriptArgument(label="Difference contrast", value=2, minimum=0, maximum=8, step=0.25),
    )


SCRIPT = Script(title=TITLE, arguments=arguments, always_on=True, txt2img=False, order=220)
