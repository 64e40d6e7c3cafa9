"""The engine's worker, and its process `python -m pipelines.hosts.worker`, which the server reaches by pipes.

One thread runs jobs, one reads messages, one sends progress, one sends signs of life.
When the server is gone, so is this process.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, BinaryIO, cast

from pipelines.contract.codec import CodecError, decode_any, encode
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, SdapiError
from pipelines.contract.failure import Failure, is_fatal
from pipelines.contract.log import set_up_log
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult
from pipelines.hosts.engine_api import EngineApi, find_engine
from pipelines.hosts.host import Host
from pipelines.hosts.node import name_node, require_folders
from pipelines.hosts.process_memory import resident_bytes
from pipelines.hosts.protocol import (
    Control,
    Failed,
    Finished,
    FromEngine,
    Heartbeat,
    Ready,
    RunJob,
    Shutdown,
    Start,
    StartFailed,
    frame,
    read_message,
)
from pipelines.hosts.throttle import Throttle

log = logging.getLogger("pipelines.hosts.worker")

HEARTBEAT = 1.0
"""Seconds between two signs of life."""
FATAL_EXIT = 70


class PipeHost:
    """The ``Host`` of a process: messages through two pipes, its log to standard error."""

    node = ""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._sending = Lock()

    def receive(self) -> object | None:
        """Wait for the next message of the pipe; None at its end."""
        return read_message(self._inbox)

    def send(self, message: FromEngine) -> None:
        """Write a message whole, one thread at a time."""
        data = frame(message)
        with self._sending:
            self._outbox.write(data)
            self._outbox.flush()

    def set_up_log(self, *, as_json: bool) -> None:
        """Write lines to standard error, which is the server's."""
        set_up_log(logging.INFO, as_json=as_json)


class Worker:
    """The server's counterpart in a host: makes one engine and runs its jobs."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._work: SimpleQueue[RunJob | Shutdown] = SimpleQueue()
        self._controls: dict[str, JobControl] = {}
        self._throttle = Throttle(self.send)
        self._engine: EngineApi | None = None

    def send(self, message: FromEngine) -> None:
        """Send one message; a server that is gone ends the process."""
        try:
            self._host.send(message)
        except OSError:
            os._exit(1)

    def stop(self) -> None:
        """End once the jobs that were sent before have ended."""
        self._work.put(Shutdown())

    def serve(self) -> int:
        """Make the engine, run jobs until told to stop, and return the exit status."""
        start = self._host.receive()
        if not isinstance(start, Start):
            return 1
        self._host.set_up_log(as_json=start.settings.log_json)
        Thread(target=self._beat, name="heartbeat", daemon=True).start()
        Thread(target=self._read, name="inbox", daemon=True).start()
        engine = self._make_engine(start)
        if engine is None:
            return 1
        self._engine = engine
        self.send(Ready(pid=os.getpid(), capacity=engine.capacity, node=self._host.node))
        self._advance_jobs(engine)
        engine.close()
        return 0

    def _advance_jobs(self, engine: EngineApi) -> None:
        """Begin jobs as they come and step all that run, until told to stop and none runs."""
        running, stopping = 0, False
        while running or not stopping:
            while not stopping and running < engine.capacity and (message := self._next(engine, running)):
                if isinstance(message, RunJob):
                    running += self._begin(engine, message)
                else:
                    stopping = True
            for job in engine.step() if running else ():
                self._end(job.id, job.outcome)
                running -= 1

    def _next(self, engine: EngineApi, running: int) -> RunJob | Shutdown | None:
        """Return the next message, if any; while no job runs, wait until something is to be unloaded."""
        try:
            return self._work.get(block=not running, timeout=None if running else engine.rest())
        except Empty:
            return None

    def _make_engine(self, start: Start) -> EngineApi | None:
        try:
            if self._host.node:
                require_folders(start.settings.folders, self._host.node)
            engine = find_engine(start.engine)(start.settings)
        except Exception as error:
            log.exception("the engine could not be started")
            self.send(StartFailed(failure=Failure.of(error)))
            return None
        gc.freeze()  # what the start made stays: each checkpoint that leaves would have it looked through
        return engine

    def _read(self) -> None:
        """Take messages until the server is gone, or sends one that can't be read; then end the process."""
        try:
            while (message := self._host.receive()) is not None:
                self._take(message)
        except CodecError as error:
            log.error("a message of the server can't be read: %s", error)
        os._exit(1)

    def _take(self, message: object) -> None:
        """Pass a job on to the main thread; let a control act at once."""
        match message:
            case RunJob():
                self._controls[message.job_id] = JobControl()
                self._work.put(message)
            case Control() if message.job_id in self._controls:
                self._controls[message.job_id].ask(Action(message.action))
            case Shutdown():
                self._work.put(message)
            case _:
                log.debug("ignored %s", type(message).__name__)

    def _beat(self) -> None:
        while True:
            self.send(self._heartbeat())
            time.sleep(HEARTBEAT)

    def _heartbeat(self) -> Heartbeat:
        rss, engine = resident_bytes(), self._engine
        if engine is None:
            return Heartbeat(rss=rss)
        return Heartbeat(
            rss=rss,
            device=self._device_memory(engine),
            batches=dict(engine.batches),
            resident=engine.resident,
        )

    @staticmethod
    def _device_memory(engine: EngineApi) -> dict[str, Any]:
        try:
            return dict(engine.memory())
        except (RuntimeError, AttributeError) as error:
            return {"error": str(error)}

    def _begin(self, engine: EngineApi, message: RunJob) -> bool:
        """Hand a job to the engine; False if it ended before that."""
        job_id, control = message.job_id, self._controls[message.job_id]
        try:
            request = cast("EngineRequest", decode_any(message.request))
        except CodecError as error:
            self._end(job_id, SdapiError(f"the stored request is {error}"))
            return False
        if control.cancelled:
            self._end(job_id, Cancelled("the job was cancelled"))
            return False
        engine.start(
            job_id,
            request,
            control=control,
            on_progress=lambda progress: self._throttle.tell(job_id, progress),
        )
        return True

    def _end(self, job_id: str, outcome: EngineResult | SdapiError | None) -> None:
        """Send the end of a job, after its last progress."""
        control = self._controls.pop(job_id)
        self._throttle.flush(job_id)
        if control.cancelled:
            outcome = Cancelled("the job was cancelled")
        if isinstance(outcome, SdapiError):
            failure = name_node(describe(outcome, job_id), self._host.node)
            self.send(Failed(job_id=job_id, failure=failure))
        else:
            self.send(_result_of(job_id, outcome))


def _result_of(job_id: str, outcome: EngineResult | None) -> Finished | Failed:
    try:
        return Finished(job_id=job_id, result=encode(outcome))
    except CodecError as error:
        return Failed(job_id=job_id, failure=Failure.of(error))


def describe(error: SdapiError, job_id: str) -> Failure:
    """Turn an error into data; log it with its cause, and end the process if its device is beyond use."""
    if error.__cause__ is not None:
        data = {"job": job_id}
        log.error("job %s failed", job_id, exc_info=error.__cause__, extra={"data": data})
    if is_fatal(error):
        os._exit(FATAL_EXIT)
    return Failure.of(error)


def main() -> int:
    """Serve on standard input and output; what the engine prints goes to standard error."""
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    set_up_log(logging.INFO, as_json=False)
    worker = Worker(PipeHost(sys.stdin.buffer, outbox))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: worker.stop())
    return worker.serve()


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
