"""Webhooks that aren't delivered yet, kept in a file from which the next server goes on."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.catalog.bounded import read_json
from pipelines.catalog.disk import write_file

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The body to post to ``url`` about a job; ``tries`` counts the failures so far."""

    job_id: str
    url: str
    body: str
    tries: int = 0


class Undelivered:
    """Messages by job, written with every change; without a file they are kept in memory only."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._messages: dict[str, Message] = {}

    def load(self) -> tuple[Message, ...]:
        """Messages that an earlier server left; a damaged file is logged, and stays until the next write."""
        if self._file is None or not self._file.exists():
            return ()
        try:
            rows: list[dict[str, Any]] = read_json(self._file)
            found = [Message(**row) for row in rows]
        except (OSError, ValueError, TypeError) as error:
            log.error("%s: webhooks of an earlier server are lost: %s", self._file, error)
            return ()
        self._messages = {message.job_id: message for message in found} | self._messages
        return tuple(found)

    def put(self, message: Message) -> None:
        """Keep a message in place of an earlier one about the same job."""
        self._messages[message.job_id] = message
        self._write()

    def drop(self, message: Message) -> None:
        """Forget a message that was delivered or given up."""
        self._messages.pop(message.job_id, None)
        self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        text = json.dumps([asdict(message) for message in self._messages.values()])
        try:
            write_file(self._file, text.encode())
        except OSError as error:
            log.error("webhooks can't be kept for a restart: %s", error)
