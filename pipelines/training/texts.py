"""What a training run tells of itself in words after a step."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.training.journal import Journal


def step_text(*, made: int, steps: int, loss: float) -> str:
    """A line for people."""
    return f"step {made} of {steps}, loss {loss:.7f}"


def step_details(journal: Journal, *, made: int, prompt: str) -> Mapping[str, str]:
    """What is trained, the steps made, the last prompt, and the last files: empty before the first."""
    return {
        "trains": journal.names.word,
        "made": str(made),
        "prompt": prompt,
        "saved": str(journal.saved or ""),
        "pictured": journal.pictured,
    }
