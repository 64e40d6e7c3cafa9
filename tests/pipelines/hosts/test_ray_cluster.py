"""Engines on a cluster behind the same queue: a Ray of this process stands for the real one."""

from __future__ import annotations

import logging
import signal
from functools import partial

import pytest

from pipelines.contract.errors import EngineLost, SdapiError
from pipelines.hosts import ray_cluster
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.ray_cluster import Needs, RayCluster, connect, log_as_we_do
from pipelines.hosts.ray_host import ActorHost
from tests.pipelines.jobs.fake_ray import FakeRay
from tests.pipelines.jobs.helpers import FAKE, make_request, make_settings, running_service, until
from tests.pipelines.jobs.test_service import images, started


@pytest.fixture(autouse=True)
def _no_log_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The actors share the test's process, whose log would go round in circles."""

    def leave(host: ActorHost, *, as_json: bool) -> None: ...

    monkeypatch.setattr(ActorHost, "set_up_log", leave)


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    ray = FakeRay({"CPU": 8.0, "GPU": 2.0})
    monkeypatch.setattr(ray_cluster, "import_ray", lambda: ray)
    return ray


def specs(ray: FakeRay, count: int) -> list[EngineSpec]:
    cluster = RayCluster(ray)
    return [
        EngineSpec(settings=make_settings(), engine=FAKE, open=partial(cluster.open, Needs(gpus=1)))
    ] * count


async def test_jobs_go_to_both_actors_and_the_lost_one_runs_again(ray: FakeRay) -> None:
    async with running_service(specs(ray, 2)) as service:
        handles = [await service.submit(make_request(steps=40, seed=n), job_id=f"j{n}") for n in range(4)]
        await until(lambda: started(service, "j0") and started(service, "j1"))
        first = next(engine for engine in service.runner.engines if "j0" in engine.jobs)
        ray.actors[service.runner.engines.index(first)].die("the node is gone")
        results = [images(await handle.result()) for handle in handles]
        assert results == [[b"%d:0:40" % n] for n in range(4)]
        attempts = {view.id: view.attempts for view in service.history.newest_first()}
        assert sorted(attempts.values()) == [1, 1, 1, 2]
        assert len(service.finished()) == 4
        await until(lambda: first.ready)
        assert len(ray.actors) == 3


async def test_cancel_and_failures_are_those_of_a_process(ray: FakeRay) -> None:
    async with running_service(specs(ray, 1)) as service:
        long = await service.submit(make_request(steps=10**6), job_id="long")
        await until(lambda: started(service, "long"))
        await service.cancel("long")
        with pytest.raises(SdapiError, match="cancelled"):
            await long.result()
        with pytest.raises(SdapiError, match="surprise"):
            await (await service.submit(make_request("bug"))).result()
        assert service.engines()[0].node != ""
        assert service.engines()[0].restarts == 0


async def test_nobody_waits_for_a_cluster_that_makes_no_actors(ray: FakeRay) -> None:
    ray.refusal = "the head is gone"

    async with running_service(specs(ray, 1)) as service:
        handle = await service.submit(make_request())
        with pytest.raises(EngineLost, match=r"no engine could be started: .*the head is gone"):
            await handle.result()


async def test_an_actor_asks_for_what_it_needs_and_is_not_restarted_by_ray(ray: FakeRay) -> None:
    cluster = RayCluster(ray)
    link = await cluster.open(Needs(cpus=4, gpus=1))
    (wanted,) = ray.wanted
    assert (wanted["num_cpus"], wanted["num_gpus"], wanted["max_restarts"]) == (4, 1, 0)
    assert str(Needs(cpus=4, gpus=1)) == "4 CPU and 1 GPU"
    await link.close()
    cluster.close()
    assert ray.ended


def test_connecting_leaves_signals_alone_and_keeps_rays_log_out(ray: FakeRay) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert connect("auto").gpus() == 2
    ((address, options),) = ray.started
    assert (address, options["log_to_driver"], "include_dashboard" in options) == ("auto", False, False)
    assert signal.getsignal(signal.SIGTERM) is before
    connect("local")
    assert ray.started[1][1]["include_dashboard"] is False


def test_a_cluster_that_is_not_there_is_one_error(ray: FakeRay) -> None:
    ray.refusal = "Could not find any running Ray instance"
    with pytest.raises(ConnectionError, match="ConnectionError: Could not find any"):
        connect("auto")


def test_rays_warnings_go_through_our_log() -> None:
    logger = logging.getLogger("ray.of.a.test")
    logger.addHandler(logging.StreamHandler())
    logger.propagate = False
    log_as_we_do(logger)
    assert (logger.handlers, logger.propagate, logger.level) == ([], True, logging.WARNING)
