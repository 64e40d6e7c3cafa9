"""Extend a picture over its edges, starting from noise that matches its frequencies."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(value="Works best with 80 to 100 steps of Euler a and a denoising strength of 0.8."),
        ScriptArg(label="Pixels to expand", value=128, minimum=8, maximum=256, step=8),
        ScriptArg(label="Mask blur", value=8, minimum=0, maximum=64, step=1),
        ScriptArg(
            label="Outpainting direction",
            value=["left", "right", "up", "down"],
            choices=("left", "right", "up", "down"),
        ),
        ScriptArg(
            label="Fall-off exponent (lower=higher detail)", value=1.0, minimum=0.0, maximum=4.0, step=0.01
        ),
        ScriptArg(label="Color variation", value=0.05, minimum=0.0, maximum=1.0, step=0.01),
    )


SCRIPT = Script(title="Outpainting mk2", arguments=arguments, txt2img=False, order=100)
