"""A real cluster on this machine: two actors share a queue, one dies under load, and nobody notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import MissingWeights
from pipelines.contract.requests import Seeds
from pipelines.contract.results import GenerationResult
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.process_link import ROOT
from pipelines.hosts.ray_cluster import Needs, RayCluster, connect
from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.service import JobService
from pipelines.jobs.sqlite_store import SqliteStore
from tests.engines import engine_settings, make_request
from tests.pipelines.jobs.helpers import running_service, until

ray: Any = pytest.importorskip("ray", reason="the extra `ray` is not installed")

pytestmark = pytest.mark.slow

LOCK_WAIT = 600.0
"""Seconds that engines may take to start on a busy machine."""
TOKEN = "a-token-of-a-test-0123456789abcdef"


@pytest.fixture(scope="module")
def cluster() -> Generator[RayCluster]:
    """Two CPUs, behind a token: Ray asks for one by itself unless told otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RAY_AUTH_MODE", raising=False)
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        cluster = connect("local", num_cpus=2, object_store_memory=100 * 2**20)
        yield cluster
        cluster.close()


class Watch:
    """Counts the engines that started each job, and the ends of each."""

    def __init__(self, service: JobService) -> None:
        self.service = service
        self.started: dict[str, set[int]] = {}
        self.ended: Counter[str] = Counter()
        service.events.subscribe(self.listen)

    def listen(self, event: JobEvent) -> None:
        if event.what is Happening.STARTED:
            engines = {e.number for e in self.service.runner.engines if event.job.id in e.jobs}
            self.started.setdefault(event.job.id, set()).update(engines)
        elif event.what is Happening.ENDED:
            self.ended[event.job.id] += 1

    def steps(self, job_id: str) -> int:
        view = self.service.progress(job_id)
        return view.progress.step if view is not None and view.active else 0


async def test_a_lost_actor_is_replaced_and_its_job_runs_once_more(
    cluster: RayCluster, models_dir: Path, tmp_path: Path
) -> None:
    settings = engine_settings(models_dir, tmp_path)
    spec = EngineSpec(settings=settings, open=partial(cluster.open, Needs()), silence=LOCK_WAIT)

    async with running_service([spec, spec], lambda: SqliteStore(tmp_path / "jobs.sqlite")) as service:
        engines = service.runner.engines
        await until(lambda: all(engine.ready for engine in engines), LOCK_WAIT)
        assert len({engine.pid for engine in engines}) == 2
        watch = Watch(service)
        handles = [
            await service.submit(
                make_request(models_dir, steps=20, seeds=Seeds(seed=n % 4, subseed=0)), job_id=f"j{n}"
            )
            for n in range(8)
        ]
        await until(lambda: watch.steps("j0") > 2 and watch.steps("j1") > 2, LOCK_WAIT)
        victim = next(engine for engine in engines if "j0" in engine.jobs)
        pid = victim.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        results = [await handle.result() for handle in handles]
        await until(lambda: victim.ready and victim.pid != pid, LOCK_WAIT)

        attempts = {view.id: view.attempts for view in service.history.newest_first()}
        assert attempts == {f"j{n}": 2 if n == 0 else 1 for n in range(8)}
        assert watch.ended == Counter(attempts.keys())
        assert set().union(*watch.started.values()) == {0, 1}
        pictures = [r.images for r in results if isinstance(r, GenerationResult)]
        assert pictures[:4] == pictures[4:]

        gone = make_request(models_dir, checkpoint=str(models_dir / "gone.safetensors"))
        with pytest.raises(MissingWeights, match=rf"gone\.safetensors.*on node {victim.node}; every node"):
            await (await service.submit(gone)).result()


def test_the_wrong_token_is_turned_away_and_not_shown(cluster: RayCluster) -> None:
    address = ray.get_runtime_context().gcs_address
    program = f"from sdapi.cli.engines import find_cluster; find_cluster({address!r})"
    wrong = "another-token-0123456789abcdef"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "RAY_AUTH_TOKEN": wrong},
        capture_output=True,
        text=True,
        timeout=LOCK_WAIT,
        check=False,
    )
    assert run.returncode == 1
    assert f"--ray-address {address}: " in run.stderr
    assert TOKEN not in run.stdout + run.stderr
    assert wrong not in run.stdout + run.stderr
