"""Findings of a run of schemathesis, read from its report."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One failed check: what was sent and what came back. ``body`` and ``answer`` are parsed JSON."""

    code: str
    operation: str
    message: str
    body: Any = None
    status: int = 0
    answer: Any = None

    def __str__(self) -> str:
        sent, came = json.dumps(self.body)[:600], json.dumps(self.answer)[:300]
        return f"{self.code} {self.operation}: {self.message}\n  sent {sent}\n  came {self.status} {came}"


def read_findings(report: Path) -> list[Finding]:
    """Every failed check of an NDJSON report."""
    lines = report.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    ended = [event["ScenarioFinished"] for event in events if "ScenarioFinished" in event]
    return [finding for scenario in ended for finding in _of_scenario(scenario.get("recorder") or {})]


def _of_scenario(recorder: dict[str, Any]) -> Iterator[Finding]:
    for case_id, checks in recorder.get("checks", {}).items():
        exchange = recorder["interactions"].get(case_id, {})
        request, response = exchange.get("request") or {}, exchange.get("response") or {}
        for check in checks:
            if check["status"] != "failure":
                continue
            failure = check["failure_info"]["failure"]
            yield Finding(
                code=failure["code"],
                operation=failure["operation"],
                message=failure["message"],
                body=_json(request, "body"),
                status=response.get("status_code", 0),
                answer=_json(response, "content"),
            )


def _json(message: dict[str, Any], part: str) -> Any:
    """The parsed content of a recorded request or response; None if it is no JSON."""
    content = (message.get(part) or {}).get("$base64")
    try:
        return json.loads(base64.b64decode(content)) if content else None
    except ValueError:
        return None
