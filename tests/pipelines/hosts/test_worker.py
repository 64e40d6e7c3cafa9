"""The worker of an engine: messages in, jobs advanced, messages out."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

import pytest

from pipelines.contract.codec import CodecError, encode
from pipelines.contract.control import JobControl
from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.progress import Progress
from pipelines.contract.requests import CaptionRequest, EngineRequest
from pipelines.contract.results import EngineResult, TextResult
from pipelines.contract.settings import EngineSettings
from pipelines.hosts import worker
from pipelines.hosts.protocol import (
    Advanced,
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
    ToEngine,
)
from pipelines.hosts.worker import FATAL_EXIT, Worker, describe
from tests.pipelines.jobs.helpers import make_settings

ENGINE = f"{__name__}:ScriptedEngine"
M = TypeVar("M")


class Exited(BaseException):
    """The end of the process, in the place of ``os._exit``."""


@dataclass(slots=True, eq=False)
class ScriptedJob:
    """A job whose outcome is set by its script."""

    id: str
    control: JobControl
    report: Callable[[Progress], None]
    script: Generator[None, None, EngineResult | SdapiError]
    outcome: EngineResult | SdapiError | None = None


@dataclass(slots=True)
class Stage:
    """The parts of one test that an engine needs: its scripts by job, and what it was asked."""

    scripts: dict[str, Callable[[ScriptedJob], Generator[None, None, EngineResult | SdapiError]]] = field(
        default_factory=dict[str, Any]
    )
    capacity: int = 1
    started: list[str] = field(default_factory=list[str])
    together: int = 0
    closed: bool = False


def at_once(job: ScriptedJob) -> Generator[None, None, EngineResult]:
    """Report a step, then end with the job's name."""
    yield
    job.report(Progress(step=1))
    return TextResult(text=job.id)


class ScriptedEngine:
    """An engine whose jobs do as a test's script says."""

    stage = Stage()
    batches: Mapping[int, int] = {1: 5}
    resident = ("one",)

    def __init__(self, settings: EngineSettings) -> None:
        if settings.device == "missing":
            raise InvalidRequest("there is no such device")
        self.capacity = self.stage.capacity
        self.jobs: list[ScriptedJob] = []

    def start(
        self,
        job_id: str,
        request: EngineRequest,
        *,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> ScriptedJob:
        self.stage.started.append(job_id)
        job = ScriptedJob(job_id, control, on_progress, iter(()))  # type: ignore[arg-type]
        job.script = self.stage.scripts.get(job_id, at_once)(job)
        self.jobs.append(job)
        self.stage.together = max(self.stage.together, len(self.jobs))
        return job

    def step(self) -> list[ScriptedJob]:
        for job in self.jobs:
            try:
                next(job.script)
            except StopIteration as end:
                job.outcome = end.value
        ended = [job for job in self.jobs if job.outcome is not None]
        self.jobs = [job for job in self.jobs if job.outcome is None]
        return ended

    def rest(self) -> float | None:
        return None

    def memory(self) -> Mapping[str, Any]:
        raise RuntimeError("the driver is busy")

    def close(self) -> None:
        self.stage.closed = True


class QueueHost:
    """A host whose messages a test lays ready; ``receive`` never ends by itself."""

    node = ""

    def __init__(self, *messages: ToEngine) -> None:
        self.inbox: SimpleQueue[ToEngine] = SimpleQueue()
        self.sent: list[FromEngine] = []
        for message in messages:
            self.inbox.put(message)

    def receive(self) -> object | None:
        return self.inbox.get()

    def send(self, message: FromEngine) -> None:
        self.sent.append(message)

    def set_up_log(self, *, as_json: bool) -> None:
        pass

    def of(self, kind: type[M]) -> list[M]:
        """Return the messages of this kind that were sent."""
        return [message for message in self.sent if isinstance(message, kind)]


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage of its own for each test, and a process that neither ends nor freezes its garbage."""

    def leave(status: int) -> None:
        raise Exited(status)

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(worker, "HEARTBEAT", 3600.0)
    monkeypatch.setattr(ScriptedEngine, "stage", Stage())
    yield ScriptedEngine.stage
    gc.unfreeze()


def start(device: str = "cpu") -> Start:
    return Start(engine=ENGINE, settings=make_settings(device))


def run(job_id: str, request: bytes | None = None) -> RunJob:
    caption = CaptionRequest(image=b"", model="clip")
    return RunJob(job_id=job_id, request=encode(caption) if request is None else request)


def served(*messages: ToEngine) -> QueueHost:
    """Serve these messages to the end."""
    host = QueueHost(*messages)
    assert Worker(host).serve() == 0
    return host


def test_jobs_end_with_their_results_before_the_worker_does(stage: Stage) -> None:
    host = served(start(), run("a"), run("b"), Shutdown())
    assert host.of(Ready) == [Ready(pid=os.getpid(), capacity=1)]
    assert host.of(Finished) == [
        Finished(job_id=name, result=encode(TextResult(text=name))) for name in ("a", "b")
    ]
    assert stage.closed


def test_the_last_progress_comes_before_the_end() -> None:
    host = served(start(), run("a"), Shutdown())
    kinds = [type(message) for message in host.sent if isinstance(message, Advanced | Finished)]
    assert kinds == [Advanced, Finished]


@pytest.mark.parametrize("capacity", [1, 2])
def test_no_more_jobs_run_together_than_the_engine_takes(stage: Stage, capacity: int) -> None:
    stage.capacity = capacity
    host = QueueHost(start(), run("a"), run("b"), run("c"), Shutdown())

    def slowly(job: ScriptedJob) -> Generator[None, None, EngineResult]:
        while not host.inbox.empty():
            yield
        return (yield from at_once(job))

    stage.scripts = dict.fromkeys("abc", slowly)
    assert Worker(host).serve() == 0
    assert stage.together == capacity
    assert stage.started == ["a", "b", "c"]


def test_a_job_that_was_cancelled_before_its_turn_never_starts(stage: Stage) -> None:
    host = QueueHost(start(), run("a"), run("b"), Control(job_id="b", action="cancel"), Shutdown())

    def until_all_is_read(job: ScriptedJob) -> Generator[None, None, EngineResult]:
        while not host.inbox.empty():
            yield
        return TextResult(text="done")

    stage.scripts = {"a": until_all_is_read}
    assert Worker(host).serve() == 0
    assert stage.started == ["a"]
    (failed,) = host.of(Failed)
    assert (failed.job_id, failed.failure.kind) == ("b", "Cancelled")


def test_a_result_after_a_cancel_is_thrown_away(stage: Stage) -> None:
    host = QueueHost(start(), run("a"))

    def deaf(job: ScriptedJob) -> Generator[None, None, EngineResult]:
        host.inbox.put(Control(job_id="a", action="cancel"))
        host.inbox.put(Shutdown())
        while not job.control.cancelled:
            yield
        return TextResult(text="too late")

    stage.scripts = {"a": deaf}
    assert Worker(host).serve() == 0
    assert host.of(Finished) == []
    assert [failed.failure.kind for failed in host.of(Failed)] == ["Cancelled"]


def test_a_shutdown_waits_for_jobs_that_run(stage: Stage) -> None:
    host = QueueHost(start(), run("a"))

    def slow(job: ScriptedJob) -> Generator[None, None, EngineResult]:
        host.inbox.put(Shutdown())
        while not host.inbox.empty():
            yield
        for _ in range(5):
            yield
        return TextResult(text="a")

    stage.capacity, stage.scripts = 2, {"a": slow}
    assert Worker(host).serve() == 0
    assert [finished.job_id for finished in host.of(Finished)] == ["a"]


def test_controls_of_strangers_are_ignored() -> None:
    host = served(start(), Control(job_id="gone", action="cancel"), run("a"), Shutdown())
    assert len(host.of(Finished)) == 1


def test_a_request_that_cannot_be_read_fails_alone() -> None:
    host = served(start(), run("a", b"garbage"), run("b"), Shutdown())
    (failed,) = host.of(Failed)
    assert (failed.job_id, failed.failure.kind) == ("a", "SdapiError")
    assert failed.failure.message.startswith("the stored request is")
    assert [finished.job_id for finished in host.of(Finished)] == ["b"]


def test_a_failure_keeps_kind_text_and_field(stage: Stage) -> None:
    def refuse(job: ScriptedJob) -> Generator[None, None, SdapiError]:
        yield
        return InvalidRequest("too wide", field="width")

    stage.scripts = {"a": refuse}
    (failed,) = served(start(), run("a"), Shutdown()).of(Failed)
    assert (failed.failure.kind, failed.failure.message, failed.failure.field) == (
        "InvalidRequest",
        "too wide",
        "width",
    )


def test_a_result_that_cannot_be_sent_is_a_failure(stage: Stage) -> None:
    def odd(job: ScriptedJob) -> Generator[None, None, EngineResult]:
        yield
        return TextResult(text=object())  # type: ignore[arg-type]

    stage.scripts = {"a": odd}
    host = served(start(), run("a"), run("b"), Shutdown())
    assert [failed.job_id for failed in host.of(Failed)] == ["a"]
    assert [finished.job_id for finished in host.of(Finished)] == ["b"]


def test_an_engine_that_cannot_be_made_says_why() -> None:
    host = QueueHost(start("missing"))
    assert Worker(host).serve() == 1
    (failed,) = host.of(StartFailed)
    assert failed.failure.message == "there is no such device"
    assert host.of(Ready) == []


def test_another_first_message_is_refused() -> None:
    host = QueueHost(run("a"))
    assert Worker(host).serve() == 1
    assert host.sent == []


def test_heartbeats_live_without_the_devices_figures() -> None:
    made = Worker(QueueHost())
    assert made._heartbeat().resident == ()  # pyright: ignore[reportPrivateUsage]
    made._engine = ScriptedEngine(make_settings())  # pyright: ignore[reportPrivateUsage]
    beat = made._heartbeat()  # pyright: ignore[reportPrivateUsage]
    assert isinstance(beat, Heartbeat) and beat.rss > 0
    assert (beat.device, beat.batches, beat.resident) == ({"error": "the driver is busy"}, {1: 5}, ("one",))


def test_a_worker_ends_with_its_server() -> None:
    class GoneHost(QueueHost):
        def send(self, message: FromEngine) -> None:
            raise BrokenPipeError

    with pytest.raises(Exited):
        Worker(GoneHost()).send(Shutdown())  # type: ignore[arg-type]


def test_a_message_that_cannot_be_read_ends_the_process() -> None:
    class GarbledHost(QueueHost):
        def receive(self) -> object | None:
            raise CodecError("unreadable")

    with pytest.raises(Exited):
        Worker(GarbledHost())._read()  # pyright: ignore[reportPrivateUsage]


def test_a_device_beyond_use_ends_the_process() -> None:
    with pytest.raises(Exited) as caught:
        describe(SdapiError("CUDA error: an illegal memory access was encountered"), "a")
    assert caught.value.args == (FATAL_EXIT,)


def test_only_faults_of_ours_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    describe(InvalidRequest("too wide"), "a")
    assert caplog.records == []
    error = SdapiError("KeyError: 'x'")
    error.__cause__ = KeyError("x")
    describe(error, "a")
    (line,) = caplog.records
    assert line.name == worker.log.name and line.getMessage() == "job a failed"
