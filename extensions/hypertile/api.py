"""HyperTile's part of the HTTP side: its script's name and its options."""

from __future__ import annotations

from collections.abc import Sequence

from extensions.hypertile.options import HypertileOptions
from pipelines.plugin import Script
from sdapi.plugin import Option, api_hook, option_rows


@api_hook
def scripts() -> Sequence[Script]:
    """An always-on script without arguments; HyperTile goes by options alone."""
    return (Script(title="Hypertile", listed_as="Hypertile", always_on=True, in_info=False, order=210),)


@api_hook
def options() -> Sequence[Option]:
    """The rows of HyperTile's options."""
    return option_rows(HypertileOptions, section="hypertile")
