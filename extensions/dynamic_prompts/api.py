"""Dynamic Prompts' script and options on the HTTP side; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.dynamic_prompts.arguments import SCRIPT
from extensions.dynamic_prompts.options import DynamicOptions
from pipelines.plugin import Script
from sdapi.plugin import Option, api_hook, option_rows

SECTION = "dynamicprompts"


@api_hook
def scripts() -> Sequence[Script]:
    """List the always-on script, which the title of any version finds."""
    return (SCRIPT,)


@api_hook
def options() -> Sequence[Option]:
    """List the options in their section."""
    return option_rows(DynamicOptions, section=SECTION)
