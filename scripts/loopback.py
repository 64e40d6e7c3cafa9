"""Feed each result back as the next input."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(label="Loops", value=4, minimum=1, maximum=32, step=1),
        ScriptArg(label="Final denoising strength", value=0.5, minimum=0, maximum=1, step=0.01),
        ScriptArg(label="Denoising strength curve", value="Linear", choices=("Aggressive", "Linear", "Lazy")),
        ScriptArg(
            label="Append interrogated prompt at each iteration",
            value="None",
            choices=("None", "CLIP", "DeepBooru"),
        ),
    )


SCRIPT = Script(title="Loopback", arguments=arguments, txt2img=False, order=100)
