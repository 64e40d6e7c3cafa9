"""Command-line flags of SwarmUI's API: a switch to leave it out, and a port of its own."""

from __future__ import annotations

from sdapi.plugin import flag

FLAGS: tuple[flag.Flag, ...] = (
    flag.switch("--no-swarmui", flag.HONOURED, "don't serve SwarmUI's API"),
    flag.port("--swarm-port", "listen on this port too, for clients that expect SwarmUI's 7801"),
)
