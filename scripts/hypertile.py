"""Hypertile, listed as a script; its options do the work."""

from __future__ import annotations

from pipelines.plugin import Script

SCRIPT = Script(title="Hypertile", listed_as="Hypertile", always_on=True, in_info=False, order=210)
