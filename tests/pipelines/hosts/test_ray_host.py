"""The actor's side: the worker of a process, behind two methods."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract.codec import decode, decode_any, encode
from pipelines.contract.results import GenerationResult
from pipelines.contract.settings import EngineSettings
from pipelines.hosts import ray_host
from pipelines.hosts.protocol import (
    Failed,
    Finished,
    Logged,
    Ready,
    RunJob,
    Shutdown,
    Start,
    StartFailed,
    ToEngine,
)
from pipelines.hosts.ray_host import AHEAD, ActorHost
from tests.pipelines.jobs.helpers import FAKE, make_request, make_settings


@pytest.fixture(autouse=True)
def _the_log_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_host, "set_up_log", lambda level, *, as_json: None)


def start_host(settings: EngineSettings | None = None) -> ActorHost:
    host = ActorHost()
    tell(host, Start(engine=FAKE, settings=settings or make_settings()))
    return host


def tell(host: ActorHost, *messages: ToEngine) -> None:
    host.put([encode(message) for message in messages])


def listen(host: ActorHost, wanted: Callable[[object], bool]) -> list[object]:
    """All messages up to the one that is wanted."""
    heard: list[object] = []
    while True:
        heard += map(decode_any, host.get())
        if any(map(wanted, heard)):
            return heard


def is_a(kind: type) -> Callable[[object], bool]:
    return lambda message: isinstance(message, kind)


def test_a_job_in_an_actor_and_the_end() -> None:
    host = start_host()
    (ready,) = filter(is_a(Ready), listen(host, is_a(Ready)))
    assert isinstance(ready, Ready)
    assert ready.node == host.node != ""
    tell(host, RunJob(job_id="a", request=encode(make_request(steps=2))))
    finished = listen(host, is_a(Finished))[-1]
    assert isinstance(finished, Finished)
    assert decode(finished.result, GenerationResult).images == (b"1:0:2",)
    tell(host, Shutdown())
    while host.get():
        pass
    assert host.get() == []


def test_errors_are_told_to_the_servers_log() -> None:
    host = start_host()
    tell(host, RunJob(job_id="a", request=encode(make_request("bug"))))
    heard = listen(host, is_a(Failed))
    (line,) = filter(is_a(Logged), heard)
    assert isinstance(line, Logged)
    assert (line.level, line.node, line.logger) == (logging.ERROR, host.node, "pipelines.hosts.worker")
    assert "surprise" in line.text and "Traceback" in line.text
    tell(host, Shutdown())
    while host.get():
        pass


def test_a_node_without_the_folders_is_refused() -> None:
    folders = replace(make_settings().folders, checkpoints=(Path("nowhere/at/all"),))
    host = start_host(replace(make_settings(), folders=folders))
    (failed,) = filter(is_a(StartFailed), listen(host, is_a(StartFailed)))
    assert isinstance(failed, StartFailed)
    assert failed.failure.kind == "MissingWeights"
    assert f"node {host.node} has no folder" in failed.failure.message
    while host.get():
        pass


def test_a_worker_does_not_run_far_ahead_of_its_server() -> None:
    host = ActorHost()
    assert host._outbox.maxsize == AHEAD  # pyright: ignore[reportPrivateUsage]
    host.put([encode(Shutdown())])
    assert host.get() == []
