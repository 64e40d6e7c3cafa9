"""ControlNet as the script listings show it; no torch."""

from __future__ import annotations

from pipelines.plugin import Script

TITLE = "ControlNet"
PLACE = "always_on.controlnet.args"
"""The path of units in a request, for errors."""
SCRIPTS = (
    Script(title=TITLE, always_on=True, order=400),
    Script(title="ControlNet m2m", order=100),
)
