"""One device's engine: takes requests, advances their generators, returns results.

Jobs that run together advance in lockstep, one step each, and model calls that fit together share a
batch. Nothing here knows HTTP, queues or processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch

from pipelines.contract.control import JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, OutOfMemory, SdapiError
from pipelines.contract.failure import is_out_of_memory
from pipelines.contract.heed import advancing
from pipelines.contract.kinds import kind_of
from pipelines.contract.log import current_job
from pipelines.contract.progress import Progress
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult
from pipelines.contract.settings import EngineSettings
from pipelines.denoising.model_call import ModelCall
from pipelines.denoising.work import Pause, Report, StepAnswer, Work, WorkStep
from pipelines.engine.evaluate import evaluate, group_calls
from pipelines.engine.work import begin
from pipelines.generation.context import WorkContext
from pipelines.generation.reporter import Reporter
from pipelines.generation.services import Services
from pipelines.hosts.cores import usable_cores

Outcome = EngineResult | SdapiError
CONCURRENT_JOBS = 4
"""Jobs that share an accelerator unless the settings say otherwise."""


@dataclass(slots=True, eq=False, kw_only=True)
class RunningJob:
    """A job between two steps of its work. ``outcome`` is None until it ends."""

    id: str
    request: EngineRequest
    work: Work[EngineResult]
    context: WorkContext
    waiting: WorkStep | None = None
    outcome: Outcome | None = None

    def advance(self, answer: StepAnswer = None) -> None:
        """Run to the next step or to the end; failures become the outcome."""
        self._run(partial(self.work.send, answer))

    def pass_pause(self) -> None:
        """Publish what the work reports and go on; a cancelled job gets Cancelled raised in its work."""
        if isinstance(self.waiting, Report):
            self.context.reporter.report(self.waiting)
        if self.context.control.cancelled:
            self._run(partial(self.work.throw, Cancelled("the job was cancelled")))
        else:
            self.advance()

    def _run(self, go_on: Callable[[], WorkStep]) -> None:
        current_job.set(self.id)
        try:
            with advancing(self.context.control):
                self.waiting = go_on()
        except StopIteration as finished:
            self._end(finished.value)
        except SdapiError as error:
            self._end(error)
        except OverflowError as error:
            self._end(_overflow(error))
        except Exception as error:
            self._end(_out_of_memory(error) if is_out_of_memory(error) else _bug(error))
        finally:
            current_job.set("")

    def fail(self, error: SdapiError) -> None:
        """Stop the work; ``error`` is the outcome."""
        self.work.close()
        self._end(error)

    def _end(self, outcome: Outcome) -> None:
        self.waiting = None
        self.context.reporter.end()
        self.outcome = outcome


def _checkpoints_of(request: EngineRequest) -> set[Path]:
    named = kind_of(request).checkpoint_of(request)
    return {Path(named).absolute()} if named else set()


def _out_of_memory(error: BaseException) -> OutOfMemory:
    return OutOfMemory(f"the device ran out of memory: {error}. Try a smaller size or batch.")


def _overflow(error: OverflowError) -> InvalidRequest:
    """Blame the request: one of its numbers is too large to compute with."""
    failure = InvalidRequest(f"a number in the request or its options is too large: {error}")
    failure.__cause__ = error
    return failure


def _bug(error: Exception) -> SdapiError:
    failure = SdapiError(f"{type(error).__name__}: {error}")
    failure.__cause__ = error
    return failure


@dataclass(slots=True, eq=False)
class Engine:
    """Runs requests on one device. Not thread-safe: one thread drives it."""

    settings: EngineSettings
    services: Services = field(init=False)
    jobs: list[RunningJob] = field(default_factory=list[RunningJob])
    batches: Counter[int] = field(default_factory=Counter[int])
    """Model calls by the number of jobs that each answered at once."""
    resident: tuple[str, ...] = ()
    """The checkpoint files that are loaded; other threads read it."""

    def __post_init__(self) -> None:
        torch.set_num_threads(self.settings.threads or min(torch.get_num_threads(), usable_cores()))
        torch.set_grad_enabled(False)
        self.services = Services.create(self.settings)

    @property
    def capacity(self) -> int:
        """The number of jobs that may advance together."""
        alone = self.services.residency.device.type == "cpu"
        return self.settings.concurrent_jobs or (1 if alone else CONCURRENT_JOBS)

    def memory(self) -> Mapping[str, Any]:
        """Memory of the device, as in A1111's ``cuda`` object; any thread may ask."""
        return self.services.memory()

    def start(
        self,
        job_id: str,
        request: EngineRequest,
        *,
        control: JobControl | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> RunningJob:
        """Begin a request and run it to its first step."""
        context = WorkContext(
            services=self.services, control=control or JobControl(), reporter=Reporter(on_progress)
        )
        job = RunningJob(id=job_id, request=request, work=begin(request, context), context=context)
        job.advance()
        self.jobs.append(job)
        self._note_resident()
        return job

    def step(self) -> list[RunningJob]:
        """Answer one step of every running job; return the jobs that have ended."""
        asked = [(job, job.waiting) for job in self.jobs if isinstance(job.waiting, ModelCall)]
        for job in self.jobs:
            if isinstance(job.waiting, Pause | Report):
                job.pass_pause()
        for group in group_calls([call for _, call in asked]):
            self._answer([asked[i][0] for i in group], [asked[i][1] for i in group])
        ended = [job for job in self.jobs if job.outcome is not None]
        self.jobs = [job for job in self.jobs if job.outcome is None]
        if any(isinstance(job.outcome, OutOfMemory) for job in ended):
            self.services.recover_memory()
        self._note_use(ended)
        if ended:
            self._note_resident()
        return ended

    def rest(self) -> float | None:
        """Unload what has stayed long enough, while no job runs.

        Returns the seconds until more is due, None for never.
        """
        self.services.unload_due()
        self._note_resident()
        return self.services.lifetimes.seconds()

    def _note_use(self, ended: list[RunningJob]) -> None:
        """Begin the lifetimes of what ended jobs used; they end in ``rest``, when the answers are out."""
        for job in ended:
            if not kind_of(job.request).frees:
                used = self.services.residency.take_used() | _checkpoints_of(job.request)
                self.services.lifetimes.begin(used, job.request.keep_alive)

    def _note_resident(self) -> None:
        self.resident = tuple(map(str, self.services.residency.loaded))

    def _answer(self, jobs: list[RunningJob], calls: list[ModelCall]) -> None:
        try:
            outputs = evaluate(calls)
        except SdapiError as error:
            for job in jobs:
                job.fail(error)
            return
        except Exception as error:
            if is_out_of_memory(error):
                self._after_shortage(jobs, calls, error)
                return
            for job in jobs:
                job.fail(_bug(error))
            return
        self.batches[len(jobs)] += 1
        for job, output in zip(jobs, outputs, strict=True):
            job.advance(output)

    def _after_shortage(self, jobs: list[RunningJob], calls: list[ModelCall], error: BaseException) -> None:
        """Free memory, then try a batch that several jobs share again one by one; a single job fails."""
        self.services.recover_memory()
        if len(jobs) == 1:
            jobs[0].fail(_out_of_memory(error))
            return
        for job, call in zip(jobs, calls, strict=True):
            self._answer([job], [call])

    def run(
        self,
        request: EngineRequest,
        *,
        control: JobControl | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> EngineResult:
        """Run one request to its end. Raises SdapiError."""
        job = self.start("run", request, control=control, on_progress=on_progress)
        while job.outcome is None:
            self.step()
        self.jobs = [other for other in self.jobs if other is not job]
        if isinstance(job.outcome, SdapiError):
            raise job.outcome
        return job.outcome

    def close(self) -> None:
        """Stop every job and free the device."""
        for job in self.jobs:
            job.work.close()
        self.jobs.clear()
        self.services.close()
