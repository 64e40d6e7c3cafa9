"""Upscale a picture, then repaint it in tiles."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(value="Width and height set the size of a tile."),
        ScriptArg(label="Tile overlap", value=64, minimum=0, maximum=256, step=16),
        ScriptArg(label="Upscaler", value="None", choices=names.upscalers),
        ScriptArg(label="Scale Factor", value=2.0, minimum=1.0, maximum=4.0, step=0.05),
    )


SCRIPT = Script(title="SD upscale", arguments=arguments, txt2img=False, order=100)
