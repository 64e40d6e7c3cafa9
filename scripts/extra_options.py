"""Options shown beside the generation parameters; without configured ones it has no arguments."""

from __future__ import annotations

from pipelines.plugin import Script

SCRIPT = Script(title="Extra options", always_on=True, order=200)
