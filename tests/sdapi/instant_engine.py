"""An engine that answers every kind of request at once, with small pictures."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from pipelines.contract.control import JobControl
from pipelines.contract.progress import Progress
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult, GenerationResult
from tests.pipelines.jobs.fake_engine import FakeEngine, FakeJob, advance
from tests.sdapi.fakes import answer

PICTURES = 2
"""Most pictures of an answer, whatever is asked for."""


class InstantEngine(FakeEngine):
    """No job takes more than a step, and no step takes time."""

    def step(self) -> list[FakeJob]:
        """End all jobs."""
        for job in self.jobs:
            advance(job)
        ended, self.jobs = self.jobs, []
        return ended

    def work(
        self, request: EngineRequest, control: JobControl, on_progress: Callable[[Progress], None]
    ) -> Generator[None, None, EngineResult]:
        """Answer what the request's kind is answered with."""
        yield from ()
        result = answer(request)
        if isinstance(result, GenerationResult):
            return replace(result, images=result.images[:PICTURES], info={"seed": 1})
        return result
