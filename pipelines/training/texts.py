"""Texts about a training run after a step: a line for people, and details."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.training.journal import Journal


def step_text(*, made: int, steps: int, loss: float) -> str:
    """Write the line that people see after a step."""
    return f"step {made} of {steps}, loss {loss:.7f}"


def step_details(journal: Journal, *, made: int, prompt: str) -> Mapping[str, str]:
    """Return the kind of trainee, the steps made, the last prompt, and the last files ("" for none)."""
    return {
        "trains": journal.names.word,
        "made": str(made),
        "prompt": prompt,
        "saved": str(journal.saved or ""),
        "pictured": journal.pictured,
    }
