"""Time the same jobs one after the other and together, sharing each model call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from pipelines.contract.requests import GenerationRequest
from pipelines.contract.settings import EngineSettings
from sdapi.cli.commands.measure import seconds_of, with_seed

if TYPE_CHECKING:
    from pipelines.engine.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Median seconds that ``jobs`` jobs take in turn, and that they take together."""

    jobs: int
    in_turn: float
    together: float

    @property
    def gain(self) -> float:
        """The speed of sharing as a multiple of the speed in turn; below 1 it is slower."""
        return self.in_turn / self.together


def time_sharing(settings: EngineSettings, request: GenerationRequest, jobs: int, rounds: int) -> Sharing:
    """Run both ways ``rounds`` times, in turns, in this process; a round before them warms up."""
    from pipelines.engine.engine import Engine

    engine = Engine(settings)
    in_turn, together = list[float](), list[float]()
    for number in range(rounds + 1):
        requests = [with_seed(request, number * jobs + job) for job in range(jobs)]
        seconds = (
            seconds_of(partial(run_in_turn, engine, requests)),
            seconds_of(partial(run_together, engine, requests)),
        )
        if number:
            in_turn.append(seconds[0])
            together.append(seconds[1])
    engine.close()
    return Sharing(jobs=jobs, in_turn=median(in_turn), together=median(together))


def run_in_turn(engine: Engine, requests: Sequence[GenerationRequest]) -> None:
    """Run requests one after the other. Raises SdapiError."""
    for request in requests:
        engine.run(request)


def run_together(engine: Engine, requests: Sequence[GenerationRequest]) -> None:
    """Start all, then advance them in lockstep. Raises the first job's error."""
    jobs = [engine.start(f"job {number}", request) for number, request in enumerate(requests)]
    while engine.jobs:
        engine.step()
    for job in jobs:
        if isinstance(job.outcome, Exception):
            raise job.outcome
