"""Extend a picture over its edges tile by tile."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Pixels to expand", value=128, minimum=8, maximum=256, step=8),
        ScriptArg(label="Mask blur", value=4, minimum=0, maximum=64, step=1),
        ScriptArg(
            label="Masked content",
            value="fill",
            choices=("fill", "original", "latent noise", "latent nothing"),
        ),
        ScriptArg(
            label="Outpainting direction",
            value=["left", "right", "up", "down"],
            choices=("left", "right", "up", "down"),
        ),
    )


SCRIPT = Script(title="Poor man's outpainting", arguments=arguments, txt2img=False, order=100)
