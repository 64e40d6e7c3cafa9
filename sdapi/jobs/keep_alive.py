"""Read ``keep_alive``: how long models stay loaded after a job, in seconds or as `10m`, as in Ollama."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.kinds import kind_of
from pipelines.contract.requests import EngineRequest
from pipelines.memory.lifetimes import FOREVER

LARGEST = 1e18
"""Magnitude beyond which a number is refused, as NaN is."""
LONGEST = 10 * 365 * 24 * 3600.0
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
TEXT = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|)")


def parse_keep_alive(value: object) -> float:
    """Seconds of a number or of a text such as `90`, `1.5h`; every negative one is ``FOREVER``.

    Raises ValueError.
    """
    found = TEXT.fullmatch(str(value).strip()) if isinstance(value, str) else None
    if found is not None:
        seconds = float(found[1]) * _UNITS[found[2]]
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        seconds = float(value)
    else:
        raise ValueError("must be seconds, or a duration such as 90s, 10m or 2h; -1 is for ever")
    if seconds > LONGEST:
        raise ValueError(f"must be at most {LONGEST:.0f} seconds; -1 is for ever")
    return FOREVER if seconds < 0 else seconds


def with_keep_alive(request: EngineRequest, value: object) -> EngineRequest:
    """A request that keeps models as long as its client asks; None changes nothing. Raises InvalidRequest."""
    if value is None or kind_of(request).frees:
        return request
    try:
        return replace(request, keep_alive=parse_keep_alive(value))
    except ValueError as error:
        raise InvalidRequest(str(error), field="keep_alive") from error
