"""From flags to engines: processes of this machine, or actors on a cluster."""

from __future__ import annotations

from argparse import Namespace

import pytest

from pipelines.hosts import ray_cluster
from pipelines.hosts.process_link import open_process
from pipelines.hosts.ray_api import Ray
from pipelines.hosts.ray_cluster import RayCluster
from sdapi.cli.engines import cluster_specs, find_engines
from sdapi.flags.parse import parse_flags
from tests.pipelines.jobs.fake_ray import FakeRay


def flags(*words: str) -> Namespace:
    return parse_flags(words, {})


def use(monkeypatch: pytest.MonkeyPatch, ray: FakeRay) -> None:
    monkeypatch.setattr(ray_cluster, "import_ray", lambda: ray)


def test_without_an_address_ray_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Ray:
        raise AssertionError("nobody asked for Ray")

    monkeypatch.setattr(ray_cluster, "import_ray", refuse)
    engines = find_engines(flags("--devices", "0,1"))
    assert [spec.settings.device for spec in engines.specs] == ["cuda:0", "cuda:1"]
    assert all(spec.open is open_process for spec in engines.specs)
    engines.release()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--ray-actors", "2"], "--ray-actors: needs --ray-address"),
        (["--ray-address", "auto", "--ray-actors", "0"], "--ray-actors: must be above 0, not 0"),
        (["--ray-address", "auto", "--devices", "0,1"], "--ray-address: Ray gives each engine its device"),
        (["--ray-address", "auto", "--device-id", "1"], "--ray-address: Ray gives each engine its device"),
    ],
)
def test_flags_that_do_not_fit(words: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        find_engines(flags(*words))


def test_without_the_extra_the_flag_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Ray:
        raise ModuleNotFoundError("No module named 'ray'")

    monkeypatch.setattr(ray_cluster, "import_ray", missing)
    with pytest.raises(SystemExit, match=r'pip install "\.\[ray\]"'):
        find_engines(flags("--ray-address", "auto"))


def test_a_cluster_that_turns_us_away(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay()
    ray.refusal = "Token authentication failed"
    use(monkeypatch, ray)
    with pytest.raises(SystemExit, match=r"--ray-address head:6379: .*Token authentication failed"):
        find_engines(flags("--ray-address", "head:6379"))


@pytest.mark.parametrize(
    ("words", "gpus", "expected"),
    [
        ([], 3, ["auto"] * 3),
        (["--ray-actors", "2"], 3, ["auto"] * 2),
        ([], 0, ["cpu"]),
        (["--ray-actors", "2"], 0, ["cpu"] * 2),
        (["--use-cpu", "all"], 3, ["cpu"]),
    ],
)
def test_an_engine_for_each_gpu(words: list[str], gpus: int, expected: list[str]) -> None:
    cluster = RayCluster(FakeRay({"CPU": 8.0, "GPU": float(gpus)} if gpus else {"CPU": 8.0}))
    specs = cluster_specs(flags("--ray-address", "auto", *words), cluster)
    assert [spec.settings.device for spec in specs] == expected


def test_the_server_lets_go_of_the_cluster_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay({"CPU": 2.0})
    use(monkeypatch, ray)
    find_engines(flags("--ray-address", "auto")).release()
    assert ray.ended
