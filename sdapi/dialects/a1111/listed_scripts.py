"""Always-on scripts that A1111 lists and that need no code: the request itself carries what they hold.

Comments are taken out of prompts by the option ``enable_prompt_comments``, extra options become overrides
(``extra_options.py``), and sampler, schedule and steps are fields of the body.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting.script_file import Names, Script, ScriptArgument
from sdapi.dialects.a1111 import extra_options


def _sampler(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """Positional arguments for the listing only; the body's fields have the values."""
    return (
        ScriptArgument(label="Sampling steps", value=20, minimum=1, maximum=150, step=1),
        ScriptArgument(label="Sampling method", value="DPM++ 2M", choices=names.samplers),
        ScriptArgument(label="Schedule type", value="Automatic", choices=names.schedulers),
    )


LISTED_SCRIPTS = (
    Script(title=extra_options.TITLE, always_on=True, order=200),
    Script(title="Sampler", arguments=_sampler, always_on=True, order=901),
    # no listing of the original shows it, but requests may name it
    Script(title="Comments", always_on=True, listed=False, in_info=False, order=910),
)
