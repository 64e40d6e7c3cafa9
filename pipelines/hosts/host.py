"""The interface of the place that an engine's worker lives in."""

from __future__ import annotations

from typing import Protocol

from pipelines.hosts.protocol import FromEngine


class Host(Protocol):
    """A process of its own, or an actor on a node of a cluster."""

    @property
    def node(self) -> str:
        """Name of the node; empty on the server's own machine."""
        ...

    def receive(self) -> object | None:
        """Wait for the server's next message; None when the server is gone."""
        ...

    def send(self, message: FromEngine) -> None:
        """Send to the server; called from several threads. Raises OSError when the server is gone."""
        ...

    def set_up_log(self, *, as_json: bool) -> None:
        """Send log lines to where they reach the server's log."""
        ...
