"""An engine's worker inside a Ray actor, on a node of a cluster."""

from __future__ import annotations

import logging
import os
import platform
from queue import Queue, SimpleQueue
from threading import Thread

from pipelines.contract.codec import decode_any, encode
from pipelines.contract.log import set_up_log
from pipelines.hosts.cores import passive_waiting
from pipelines.hosts.protocol import FromEngine, Logged
from pipelines.hosts.worker import Worker

AHEAD = 256
"""Messages that may wait for a slow server before the worker waits too."""


class ActorHost:
    """A ``Host`` whose two methods ``put`` and ``get`` the server calls from afar.

    Messages are those of the pipe, without its framing. The actor needs two threads for calls.
    """

    def __init__(self) -> None:
        os.environ.update(passive_waiting(os.environ))
        self.node = platform.node()
        self._inbox: SimpleQueue[bytes] = SimpleQueue()
        self._outbox: Queue[bytes | None] = Queue(AHEAD)
        self._ended = False
        self._log = LogSender(self)
        Thread(target=self._serve, name="engine", daemon=True).start()

    def put(self, messages: list[bytes]) -> None:
        """Take messages of the server, in their order."""
        for message in messages:
            self._inbox.put(message)

    def get(self) -> list[bytes]:
        """Wait for messages of the worker, and return all that are there; none once it has ended."""
        messages: list[bytes] = []
        while not self._ended and (not messages or not self._outbox.empty()):
            message = self._outbox.get()
            if message is None:
                self._ended = True
            else:
                messages.append(message)
        return messages

    def receive(self) -> object | None:
        """Wait for the next message of the server."""
        return decode_any(self._inbox.get())

    def send(self, message: FromEngine) -> None:
        """Lay a message ready for ``get``; waits while too many lie there."""
        self._outbox.put(encode(message))

    def set_up_log(self, *, as_json: bool) -> None:
        """Write everything to the node's own log, and send warnings and errors to the server's."""
        set_up_log(logging.INFO, as_json=as_json)
        logging.getLogger().addHandler(self._log)

    def _serve(self) -> None:
        try:
            Worker(self).serve()
        finally:
            logging.getLogger().removeHandler(self._log)
            self._outbox.put(None)


class LogSender(logging.Handler):
    """Sends warnings and errors to the server, tracebacks included."""

    def __init__(self, host: ActorHost) -> None:
        super().__init__(logging.WARNING)
        self._host = host

    def emit(self, record: logging.LogRecord) -> None:
        """Send the formatted record, with the name of this node."""
        line = Logged(
            level=record.levelno, logger=record.name, text=self.format(record), node=self._host.node
        )
        self._host.send(line)
