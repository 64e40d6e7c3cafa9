"""What people read while training goes on: A1111's paragraph of HTML."""

from __future__ import annotations

import html

from pipelines.training.journal import Journal


def progress_text(journal: Journal, *, made: int, loss: float, prompt: str) -> str:
    """The paragraph after ``made`` steps; the original counts one ahead."""
    lines = (
        f"Loss: {loss:.7f}",
        f"Step: {made + 1}",
        f"Last prompt: {html.escape(prompt)}",
        f"Last saved {journal.names.word}: {html.escape(str(journal.saved or '<none>'))}",
        f"Last saved image: {html.escape(journal.pictured or '<none>')}",
    )
    return "\n<p>\n" + "".join(f"{line}<br/>\n" for line in lines) + "</p>\n"
