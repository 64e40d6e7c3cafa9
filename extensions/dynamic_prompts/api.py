"""What Dynamic Prompts adds to the HTTP side: its script and its options; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.dynamic_prompts.arguments import SCRIPT
from extensions.dynamic_prompts.options import DynamicOptions
from pipelines.plugin import Script
from sdapi.plugin import Option, api_hook, option_rows

SECTION = "dynamicprompts"


@api_hook
def scripts() -> Sequence[Script]:
    """The always-on script, by the title of any version."""
    return (SCRIPT,)


@api_hook
def options() -> Sequence[Option]:
    """All options."""
    return option_rows(DynamicOptions, section=SECTION)
