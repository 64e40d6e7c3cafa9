"""Find the noise that an input picture comes from, then sample again."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments."""
    return (
        ScriptArg(value="A CFG scale of 2 or lower works best."),
        ScriptArg(label="Override `Sampling method` to Euler?(this method is built for it)", value=True),
        ScriptArg(
            label="Override `prompt` to the same value as `original prompt`?(and `negative prompt`)",
            value=True,
        ),
        ScriptArg(label="Original prompt", value=""),
        ScriptArg(label="Original negative prompt", value=""),
        ScriptArg(label="Override `Sampling Steps` to the same value as `Decode steps`?", value=True),
        ScriptArg(label="Decode steps", value=50, minimum=1, maximum=150, step=1),
        ScriptArg(label="Override `Denoising strength` to 1?", value=True),
        ScriptArg(label="Decode CFG scale", value=1.0, minimum=0.0, maximum=15.0, step=0.1),
        ScriptArg(label="Randomness", value=0.0, minimum=0.0, maximum=1.0, step=0.01),
        ScriptArg(label="Sigma adjustment for finding noise for image", value=False),
    )


SCRIPT = Script(title="img2img alternative test", arguments=arguments, txt2img=False, order=100)
