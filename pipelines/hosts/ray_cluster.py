"""A connection to a Ray cluster, on whose nodes engines live."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pipelines.hosts.process_link import import_path
from pipelines.hosts.ray_api import Actor, Ray, import_ray
from pipelines.hosts.ray_host import ActorHost
from pipelines.hosts.ray_link import RayLink, reason_of

LOCAL = "local"
"""The address that starts a cluster on this machine."""
THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Resources that an actor takes of its node."""

    cpus: int = 1
    gpus: int = 0

    def __str__(self) -> str:
        return f"{self.cpus} CPU" + (f" and {self.gpus} GPU" if self.gpus else "")


class RayCluster:
    """Makes actors, each with what it ``needs``."""

    def __init__(self, ray: Ray) -> None:
        self._ray = ray
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ray")

    def gpus(self) -> int:
        """Count the GPUs of all nodes."""
        return int(self._ray.cluster_resources().get("GPU", 0))

    async def open(self, needs: Needs) -> RayLink:
        """Ask for an actor; it needn't have a place yet. Raises ConnectionError."""
        loop = asyncio.get_running_loop()
        try:
            actor = await loop.run_in_executor(self._threads, self._make_actor, needs)
        except Exception as error:
            raise ConnectionError(f"the Ray cluster made no actor: {reason_of(error)}") from error
        return RayLink(self._ray, actor, self._threads, str(needs))

    def _make_actor(self, needs: Needs) -> Actor:
        """Make an actor that dies with this server, and that only the server replaces.

        Of its two threads, one hands out messages and one takes them.
        """
        kind = self._ray.remote(ActorHost).options(
            num_cpus=needs.cpus,
            num_gpus=needs.gpus,
            max_concurrency=2,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": {"PYTHONPATH": import_path()}},
        )
        return kind.remote()

    def close(self) -> None:
        """Disconnect, and end the cluster if it was started here."""
        self._threads.shutdown(wait=True)
        self._ray.shutdown()


def connect(address: str, **options: Any) -> RayCluster:
    """Connect to the cluster at an address of Ray's, or start one on this machine.

    ``options`` are more of ``ray.init``'s. Raises ModuleNotFoundError without Ray, ConnectionError if there
    is no cluster or it refuses the connection.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray = import_ray()
    log_as_we_do(logging.getLogger("ray"))
    on_sigterm = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address, log_to_driver=False, configure_logging=False, **_options(address), **options)
    except Exception as error:
        raise ConnectionError(f"{type(error).__name__}: {reason_of(error)}") from error
    if threading.current_thread() is threading.main_thread():
        # Ray's own handler would end the process in the midst of the server's shutdown
        signal.signal(signal.SIGTERM, on_sigterm)
    return RayCluster(ray)


def _options(address: str) -> Mapping[str, Any]:
    return {"include_dashboard": False} if address == LOCAL else {}


def log_as_we_do(logger: logging.Logger) -> None:
    """Let Ray's warnings go through the server's log, and the rest nowhere."""
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.WARNING)
