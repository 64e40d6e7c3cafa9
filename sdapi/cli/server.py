"""From flags to a running server: job service, catalog, application, uvicorn."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sqlite3
import sys
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from pipelines.contract.errors import SdapiError, plain
from pipelines.contract.requests import LoadCheckpointRequest
from pipelines.hosts.bounds import JobBounds
from pipelines.jobs.intake import Room
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.service import JobService, ServicePolicy
from pipelines.jobs.sqlite_store import ELSEWHERE, SqliteStore
from pipelines.jobs.states import ACTIVE, FINAL
from pipelines.jobs.store import JobStore
from sdapi.app import create_app
from sdapi.cli.engines import find_engines
from sdapi.cli.flag_settings import settings_per_device
from sdapi.core.config import DEFAULT_PORT, ApiConfig, wanted_extensions
from sdapi.core.services import Backend
from sdapi.core.state import State
from sdapi.flags.table import EXTENSIONS
from sdapi.http.access.keys import read_keys
from sdapi.http.connection import bounded
from sdapi.http.limits import USUAL_LIMITS
from sdapi.intent.checkpoints import current_checkpoint
from sdapi.listings.disk_catalog import DiskCatalog

GRACE = 30
"""Seconds that running jobs may take to finish once the server has to stop."""

OTHER_FILES = 200
"""Files that are open in addition to clients' connections."""

LARGEST_MESSAGE = 256 << 20
"""Bytes of a WebSocket message, which may hold pictures."""

WEBHOOK_GRACE = 3
"""Seconds that webhooks of the last jobs may take at the end; the next server sends what is late."""

log = logging.getLogger("sdapi")


class Server(uvicorn.Server):
    """uvicorn, with the address printed once it listens, and jobs ended before connections.

    ``ports``: further ones that it listens on.
    """

    def __init__(self, config: uvicorn.Config, jobs: JobService, ports: Iterable[int] = ()) -> None:
        super().__init__(config)
        self._jobs = jobs
        self._ports = tuple(ports)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then print the address on stdout."""
        if self._ports:
            own = sockets or [self.config.bind_socket()]
            sockets = [*own, *(self._bound(port) for port in self._ports)]
        await super().startup(sockets)
        if self.started:
            print(f"sdapi is ready: {self.address()}", flush=True)

    def _bound(self, port: int) -> socket.socket:
        config = copy(self.config)
        config.port = port
        return config.bind_socket()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let running jobs finish and refuse new ones, so that their requests are answered before the end."""
        stopping = asyncio.create_task(self._jobs.shutdown(GRACE))
        await super().shutdown(sockets)
        await stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the graceful end with the first signal; end at once with the second.

        Jobs that run then are in the store and run again after the next start.
        """
        if self.should_exit:
            log.warning("a second signal: the server ends at once")
            self._jobs.kill()
            os._exit(128 + sig)
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """Begin the graceful end; returns at once."""
        self.should_exit = True

    def address(self) -> str:
        """Scheme, host and the port that is really bound, for a browser on this machine."""
        bound = self.servers[0].sockets[0].getsockname()
        host = "127.0.0.1" if bound[0] == "0.0.0.0" else "[::1]" if bound[0] == "::" else bound[0]
        scheme = "https" if self.config.is_ssl else "http"
        return f"{scheme}://{host}:{bound[1]}"


def make_server(flags: Namespace) -> Server:
    """Build everything that the flags ask for; nothing is started yet. Raises SystemExit on bad flags."""
    jobs = make_jobs(flags)
    app = make_app(flags, jobs)
    ports = further_ports(flags)
    server = Server(make_uvicorn_config(flags, app), jobs, ports)
    app.state.server = server
    return server


def further_ports(flags: Namespace) -> list[int]:
    """Ports of the extensions that are on, in addition to the server's own."""
    given = vars(flags)
    names = () if flags.disable_all_extensions else wanted_extensions(EXTENSIONS, given)
    rows = (flag for name in names for flag in EXTENSIONS[name])
    return [given[flag.key] for flag in rows if flag.kind == "port" and given[flag.key] is not None]


def make_jobs(flags: Namespace) -> JobService:
    """The queue with its engines."""
    engines = find_engines(flags)
    return JobService(engines.specs, store_opener(flags), policy_from_flags(flags), engines.release)


def policy_from_flags(flags: Namespace) -> ServicePolicy:
    """Room in the queue, and when to give up. Raises SystemExit."""
    room, bounds = Room(), JobBounds()
    if flags.max_queue is not None:
        room = replace(room, jobs=flags.max_queue)
    if flags.max_queue_bytes is not None:
        room = replace(room, size=flags.max_queue_bytes)
    for flag, value in (("--job-timeout", flags.job_timeout), ("--cancel-timeout", flags.cancel_timeout)):
        if value is not None and value <= 0:
            raise SystemExit(f"{flag}: must be above 0, not {value}")
    bounds = replace(bounds, deadline=flags.job_timeout, heed=flags.cancel_timeout or bounds.heed)
    return ServicePolicy(room=room, bounds=bounds)


def store_opener(flags: Namespace) -> Callable[[], JobStore]:
    """A function that opens the job store that ``--db`` names."""
    if flags.db == ":memory:":
        return MemoryStore
    path = Path(flags.db or Path(flags.data_dir) / "jobs.sqlite")
    return lambda: SqliteStore(path)


def require_store(flags: Namespace) -> None:
    """Check that the job store can be opened and read. Raises SystemExit with the reason in one line."""
    try:
        store = store_opener(flags)()
        try:
            store.records(ACTIVE)
            store.records(FINAL, ServicePolicy().finished_ids)
        finally:
            store.close()
    except SdapiError as error:
        raise SystemExit(f"sdapi can't start: {error.message}") from error
    except (OSError, sqlite3.Error, LookupError, TypeError, ValueError) as error:
        where = flags.db or Path(flags.data_dir) / "jobs.sqlite"
        reason = f"the job store {where} can't be read: {error}; {ELSEWHERE}"
        raise SystemExit(f"sdapi can't start: {plain(reason)}") from error


def require_keys(flags: Namespace) -> None:
    """Check that the file of keys can be read. Raises SystemExit with the reason in one line."""
    if not flags.api_keys:
        return
    try:
        read_keys(Path(flags.api_keys))
    except (OSError, ValueError, RecursionError) as error:
        reason = f"--api-keys {flags.api_keys} can't be used: {error}"
        raise SystemExit(f"sdapi can't start: {plain(reason)}") from error


def make_app(flags: Namespace, jobs: JobService) -> FastAPI:
    """The application, which starts the job service when it starts."""
    settings = settings_per_device(flags)[0]
    config = replace(ApiConfig.from_flags(vars(flags)), folders=settings.folders)
    catalog = DiskCatalog(settings)
    services = Backend(jobs=jobs, catalog=catalog, outputs=config.places.outputs)
    return create_app(config, services, lifespan=lifespan_of(flags, jobs))


def lifespan_of(flags: Namespace, jobs: JobService) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Start the job service and load the selected checkpoint; stop the service at the end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        await jobs.start()
        app.state.webhooks.resume()
        if not flags.skip_load_model_at_start:
            await load_first_checkpoint(app.state.sdapi)
        yield
        await jobs.shutdown()
        await app.state.webhooks.stop(WEBHOOK_GRACE)

    return lifespan


async def load_first_checkpoint(state: State) -> None:
    """Queue the loading of the selected checkpoint, so that the first request needn't wait for it."""
    checkpoint = current_checkpoint(state.store, state.catalog)
    if checkpoint is None:
        log.warning("there is no checkpoint yet: put one into the folder models/Stable-diffusion")
        return
    await state.jobs.submit(LoadCheckpointRequest(checkpoint=checkpoint.filename), job_id="load-at-start")


def make_uvicorn_config(flags: Namespace, app: FastAPI) -> uvicorn.Config:
    """Address, TLS and timeouts of the flags."""
    key, certificate = tls_files(flags)
    return uvicorn.Config(
        app,
        host=flags.server_name or ("0.0.0.0" if flags.listen else "127.0.0.1"),
        port=DEFAULT_PORT if flags.port is None else flags.port,
        http=bounded(most_sockets(flags)),
        limit_concurrency=most_of("--max-connections", flags.max_connections),
        timeout_keep_alive=flags.timeout_keep_alive,
        timeout_graceful_shutdown=GRACE + 5,
        ws_max_size=_message_bytes(app),
        ws_per_message_deflate=False,  # pictures don't shrink, and each idle socket would hold its buffers
        ssl_keyfile=key,
        ssl_certfile=certificate,
        log_config=None,
        access_log=False,
    )


def most_of(flag: str, number: int) -> int | None:
    """The number that a flag allows; None for any number, which is written 0. Raises SystemExit below 0."""
    if number < 0:
        raise SystemExit(f"{flag}: must be 0 or more, not {number}")
    return number or None


def most_sockets(flags: Namespace) -> int | None:
    """Number of WebSockets that may be open: the flag's, or as many as the process may open files for.

    At least a quarter of the files is theirs. None is any number. Raises SystemExit.
    """
    wanted = most_of("--max-sockets", flags.max_sockets)
    files = most_files()
    if wanted is None or files is None:
        return wanted
    room = max(files - flags.max_connections - OTHER_FILES, files // 4)
    if room < wanted:
        log.warning(
            "--max-sockets: %d, as this process may open %d files; ulimit -n raises that", room, files
        )
    return min(wanted, room)


def most_files() -> int | None:
    """Number of files and sockets that this process may open; None where that isn't bounded."""
    try:
        import resource
    except ImportError:  # no Unix
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def _message_bytes(app: FastAPI) -> int:
    """Bytes that one WebSocket message may have: as many as a body, up to ``LARGEST_MESSAGE``."""
    state: State | None = getattr(app.state, "sdapi", None)
    limits = USUAL_LIMITS if state is None else state.config.limits
    return min(limits.body_bytes, LARGEST_MESSAGE)


def tls_files(flags: Namespace) -> tuple[str | None, str | None]:
    """Key and certificate, both or neither: plain HTTP would give passwords away. Raises SystemExit."""
    files: list[str | None] = [flags.tls_keyfile, flags.tls_certfile]
    if not any(files):
        return None, None
    for flag, file in zip(("--tls-keyfile", "--tls-certfile"), files, strict=True):
        if file is None or not Path(file).is_file():
            sys.exit(f"{flag}: " + (f"there is no file {file}" if file else "is needed for TLS too"))
    return files[0], files[1]
