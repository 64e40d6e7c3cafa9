"""`launch.py serve`: the server."""

from __future__ import annotations

from sdapi.flags import parse_flags


def main(arguments: list[str]) -> int:
    """Serve until told to stop."""
    parse_flags(arguments)
    return 0
