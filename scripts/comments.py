"""Prompt comments, a script that no listing shows; the option ``enable_prompt_comments`` does the work."""

from __future__ import annotations

from pipelines.plugin import Script

SCRIPT = Script(title="Comments", always_on=True, listed=False, in_info=False, order=910)
