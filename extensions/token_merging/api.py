"""Token merging's part of the HTTP side: its options."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.token_merging.options import MergingOptions
from sdapi.plugin import Option, api_hook, option_rows


@api_hook
def options() -> Sequence[Option]:
    """The rows of token merging's options."""
    return option_rows(MergingOptions, section="optimizations")
