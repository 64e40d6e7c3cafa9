"""An engine's host as a child process, spoken to through its pipes."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from pipelines.hosts.protocol import ToEngine, frame, receive_message

ROOT = Path(__file__).resolve().parents[2]
REAP = 2.0
"""Seconds that a process gets to end after it closed its pipe."""


async def open_process() -> ProcessLink:
    """Start a process on this machine."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "pipelines.hosts.worker",
        stdin=PIPE,
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": import_path()},
    )
    return ProcessLink(process)


def import_path() -> str:
    """Return the PYTHONPATH of a host: this project, then the server's own."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


class ProcessLink:
    """The ``Link`` to a process of `pipelines.hosts.worker`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def send(self, message: ToEngine) -> None:
        """Write to its standard input."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.is_closing():
            pipe.write(frame(message))

    async def receive(self, silence: float) -> object | None:
        """Read from its standard output."""
        assert self._process.stdout is not None
        async with asyncio.timeout(silence):
            return await receive_message(self._process.stdout)

    def kill(self) -> None:
        """Send SIGKILL to a process that still runs."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def close(self) -> str:
        """Wait for a process that has closed its pipe; one that hangs is killed."""
        status = await self._reap()
        if self._process.stdin is not None:
            self._process.stdin.close()
            with suppress(ConnectionError):
                await self._process.stdin.wait_closed()
        return f"it was killed by signal {-status}" if status < 0 else f"it exited with status {status}"

    async def _reap(self) -> int:
        with suppress(TimeoutError):
            async with asyncio.timeout(REAP):
                return await self._process.wait()
        self.kill()
        return await self._process.wait()
