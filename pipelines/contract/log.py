"""The log of the server and its engines: lines for people, or one JSON object a line for machines."""

from __future__ import annotations

import json
import logging
import time
from contextvars import ContextVar

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
current_job: ContextVar[str] = ContextVar("current_job", default="")
"""The id of the job whose work is being done."""


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger, message, ``job`` while one is worked on; more from ``extra={"data": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line of JSON."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields: dict[str, object] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if job := current_job.get():
            fields["job"] = job
        data: object = getattr(record, "data", None)
        if isinstance(data, dict):
            fields |= data
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def set_up_log(level: int, *, as_json: bool) -> None:
    """Log to stderr from ``level`` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if as_json else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
