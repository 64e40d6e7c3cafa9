"""From flags to engines: a process for each device of this machine, or actors on a Ray cluster."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipelines.hosts.engine_spec import EngineSpec
from sdapi.cli.flag_settings import settings_from_flags, settings_per_device

if TYPE_CHECKING:
    from pipelines.hosts.ray_cluster import RayCluster

NO_RAY = (
    '--ray-address: Ray is not installed: python -m pip install ".[ray]" in the project\'s folder and .venv'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The engines that run a server's jobs; ``release`` is called when the server has ended."""

    specs: tuple[EngineSpec, ...]
    release: Callable[[], None] = lambda: None


def find_engines(flags: Namespace) -> Engines:
    """Find the engines that the flags ask for; connects to a cluster if they name one. Raises SystemExit."""
    if flags.ray_address is None:
        if flags.ray_actors is not None:
            raise SystemExit("--ray-actors: needs --ray-address")
        return Engines(specs=tuple(EngineSpec(settings=settings) for settings in settings_per_device(flags)))
    if flags.ray_actors is not None and flags.ray_actors < 1:
        raise SystemExit(f"--ray-actors: must be above 0, not {flags.ray_actors}")
    if settings_from_flags(flags).device not in ("auto", "cpu"):
        raise SystemExit(
            "--ray-address: Ray gives each engine its device; leave out --devices and --device-id"
        )
    cluster = find_cluster(flags.ray_address)
    return Engines(specs=cluster_specs(flags, cluster), release=cluster.close)


def find_cluster(address: str) -> RayCluster:
    """Connect to the Ray cluster at an address. Raises SystemExit where there is none."""
    from pipelines.hosts.ray_cluster import connect

    try:
        return connect(address)
    except ModuleNotFoundError as error:
        raise SystemExit(NO_RAY) from error
    except ConnectionError as error:
        raise SystemExit(f"--ray-address {address}: {error}") from error


def cluster_specs(flags: Namespace, cluster: RayCluster) -> tuple[EngineSpec, ...]:
    """One engine for each GPU, or as many as the flags say; on CPUs where the cluster has no GPU."""
    from pipelines.hosts.ray_cluster import Needs

    settings = settings_from_flags(flags)
    gpus = 0 if settings.device == "cpu" else cluster.gpus()
    if not gpus:
        settings = replace(settings, device="cpu")
    needs = Needs(cpus=settings.threads or 1, gpus=1 if gpus else 0)
    spec = EngineSpec(settings=settings, open=partial(cluster.open, needs))
    return (spec,) * (flags.ray_actors or gpus or 1)
