"""ADetailer as the script listings show it; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.plugin import Names, Script, ScriptArgument

TITLE = "ADetailer"
ARGUMENTS = (
    ScriptArgument(label="Enable ADetailer", value=False),
    ScriptArgument(label="Skip img2img", value=False),
    ScriptArgument(),
)
"""Two truth values and the first of any number of units."""


def _arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    return ARGUMENTS


SCRIPT = Script(title=TITLE, always_on=True, order=390, arguments=_arguments, any_number=True)
