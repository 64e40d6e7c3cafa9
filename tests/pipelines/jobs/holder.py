"""A server without HTTP, for crash tests: takes jobs as lines on stdin and prints their fates on stdout.

`python -m tests.pipelines.jobs.holder FILE ENGINES`: a line is `id seed steps`, or `drain`, after which
it prints `drained` once all jobs have ended. It also prints `ready`, `accepted ID`,
`started ID PID` with the process of an engine, and `ended ID STATE`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.service import JobService
from pipelines.jobs.sqlite_store import SqliteStore
from tests.pipelines.jobs.helpers import make_request, make_spec, until


def tell(*words: object) -> None:
    """Print a line at once."""
    print(*words, flush=True)


async def hold(path: Path, engines: int) -> None:
    """Serve until stdin ends."""
    service = JobService([make_spec() for _ in range(engines)], lambda: SqliteStore(path))

    def listen(event: JobEvent) -> None:
        if event.what is Happening.STARTED:
            # An engine that was killed at once holds the job no more.
            engines_of = [engine for engine in service.runner.engines if event.job.id in engine.jobs]
            tell("started", event.job.id, engines_of[0].pid if engines_of else 0)
        elif event.what is Happening.ENDED:
            tell("ended", event.job.id, event.job.state)

    service.events.subscribe(listen)
    await service.start()
    tell("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "drain":
            await until(lambda: not service.runner.live, 60.0)
            tell("drained")
            continue
        job_id, seed, steps = line.split()
        await service.submit(make_request(seed=int(seed), steps=int(steps)), job_id=job_id)
        tell("accepted", job_id)
    await service.shutdown(0.0)


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1]), int(sys.argv[2])))
