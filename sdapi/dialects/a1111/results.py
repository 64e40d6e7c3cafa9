"""The field that A1111's results have in addition to ours: the line of extras as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

LINE = "postprocessing"


def html_info(line: str) -> str:
    """A line of pairs as the paragraph that the original shows beneath a picture."""
    return f"<p>{html.escape(line).replace(chr(10), '<br>' + chr(10))}</p>"


def adds(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """``html_info`` for the result of extras that is fetched by the job's id; empty for other results."""
    return {"html_info": html_info(told[LINE])} if LINE in told else {}
