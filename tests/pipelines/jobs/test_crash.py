"""Kill servers and engines at random: every accepted job ends exactly once, in order, and is kept."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest

from pipelines.contract.codec import decode
from pipelines.contract.results import GenerationResult
from pipelines.hosts.process_link import ROOT
from pipelines.jobs.sqlite_store import SqliteStore
from pipelines.jobs.states import FINAL, JobState


@dataclass(slots=True)
class History:
    """Lines that the clients saw, in order and with repeats. ``sent`` holds seeds and steps."""

    sent: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    accepted: list[str] = field(default_factory=list[str])
    started: list[str] = field(default_factory=list[str])
    ended: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class Nemesis:
    """Runs a server over and over on one file, gives it jobs, and kills it or its engines."""

    def __init__(self, path: Path, engines: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.history = History()
        self.engines: set[int] = set()
        self._arguments = [sys.executable, "-m", "tests.pipelines.jobs.holder", str(path), str(engines)]
        self._lines: SimpleQueue[str] = SimpleQueue()
        self.start()

    def start(self) -> None:
        """Start a server and wait until it is ready."""
        self.server = subprocess.Popen(
            self._arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            text=True,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self.listen(10.0, until="ready")

    def _read(self) -> None:
        assert self.server.stdout is not None
        for line in self.server.stdout:
            if line.endswith("\n"):
                self._lines.put(line.strip())

    def send(self) -> None:
        """Submit a job; whether it was accepted shows later."""
        history = self.history
        job_id, seed, steps = (
            f"job-{len(history.sent):04}",
            self.random.randrange(1000),
            self.random.randint(1, 12),
        )
        history.sent[job_id] = (seed, steps)
        with suppress(BrokenPipeError):
            assert self.server.stdin is not None
            self.server.stdin.write(f"{job_id} {seed} {steps}\n")
            self.server.stdin.flush()

    def listen(self, seconds: float, until: str = "") -> None:
        """Note the server's lines for a while, or until one begins with a certain word."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with suppress(Empty):
                word, *rest = self._lines.get(timeout=left).split()
                self._note(word, rest)
                if word == until:
                    return

    def _note(self, word: str, rest: list[str]) -> None:
        match word, rest:
            case "accepted", [job_id]:
                self.history.accepted.append(job_id)
            case "started", [job_id, pid]:
                self.history.started.append(job_id)
                self.engines |= {int(pid)} - {0}
            case "ended", [job_id, state]:
                self.history.ended.append((job_id, state))
            case _:
                assert word in {"ready", "drained"}, f"the server said {word} {rest}"

    def drain(self) -> None:
        """Let the server end all jobs that it knows."""
        assert self.server.stdin is not None
        self.server.stdin.write("drain\n")
        self.server.stdin.flush()
        self.listen(60.0, until="drained")

    def kill_engine(self) -> None:
        """Kill an engine that ran a job; it may be gone already."""
        for pid in sorted(self.engines)[-1:]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_server(self) -> None:
        """Kill the server and start another."""
        self.server.kill()
        self._finish()
        self.engines.clear()
        self.start()

    def close(self) -> None:
        """End the server the proper way."""
        assert self.server.stdin is not None
        self.server.stdin.close()
        self._finish()

    def _finish(self) -> None:
        self.server.wait(30)
        self._reader.join(5)
        self.listen(0.01)
        for pipe in (self.server.stdin, self.server.stdout):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()


def torment(path: Path, *, kills: int, engines: int, seed: int) -> History:
    """Submit jobs and kill at random; then wait for the ends of all jobs."""
    nemesis = Nemesis(path, engines, seed)
    for _ in range(kills):
        for _ in range(nemesis.random.randint(1, 4)):
            nemesis.send()
        nemesis.listen(nemesis.random.uniform(0.0, 0.5))
        nemesis.random.choice((nemesis.kill_server, nemesis.kill_engine))()
    nemesis.drain()
    nemesis.close()
    return nemesis.history


def check(history: History, path: Path) -> None:
    """Compare what clients saw with what is stored."""
    store = SqliteStore(path)
    records = {record.id: record for record in store.records(set(JobState))}
    assert set(history.accepted) <= set(records), "an accepted job was lost"
    told = [job_id for job_id, _ in history.ended]
    assert len(told) == len(set(told)), "a job ended twice"
    for job_id, record in records.items():
        assert record.state in FINAL, f"{job_id} never ended"
        assert (job_id, record.state) in history.ended or job_id not in told, "an end was changed"
        if record.state is JobState.FAILED:
            assert record.failure is not None
            assert record.failure.kind == "EngineLost", record.failure
            assert record.losses >= 2 or record.attempts >= 5
            continue
        result = store.result(job_id)
        assert result is not None, f"{job_id} is done and has no result"
        seed, steps = history.sent[job_id]
        assert decode(result, GenerationResult).images == (b"%d:0:%d" % (seed, steps),)
    store.close()


def check_order(history: History) -> None:
    """With one engine, first starts are in the order of arrival."""
    first_starts = list(dict.fromkeys(history.started))
    assert first_starts == sorted(first_starts)


@pytest.mark.parametrize("engines", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_twenty_kills_lose_nothing(engines: int, tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    history = torment(path, kills=10, engines=engines, seed=engines)
    check(history, path)
    assert len(history.accepted) >= 10
    if engines == 1:
        check_order(history)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_kills_lose_nothing(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    history = torment(path, kills=50, engines=1 + seed % 2, seed=seed)
    check(history, path)
    if seed % 2 == 0:
        check_order(history)
