"""A whole server around an engine that answers at once: `python -m tests.sdapi.instant_server FLAGS`."""

from __future__ import annotations

import sys

from pipelines.hosts.engine_spec import EngineSpec
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.service import JobService
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.cli.server import Server, make_app, make_uvicorn_config
from sdapi.flags.parse import parse_flags

INSTANT = "tests.sdapi.instant_engine:InstantEngine"

if __name__ == "__main__":
    flags = parse_flags(sys.argv[1:], {})
    jobs = JobService([EngineSpec(settings=settings_from_flags(flags), engine=INSTANT)], MemoryStore)
    Server(make_uvicorn_config(flags, make_app(flags, jobs)), jobs).run()
