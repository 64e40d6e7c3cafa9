"""A job without the engine's queue: its stages run one at a time, with their model calls answered."""

from __future__ import annotations

from typing import TypeVar

from pipelines.contract.control import JobControl
from pipelines.contract.requests import GenerationRequest
from pipelines.denoising.model_call import ModelCall
from pipelines.denoising.work import StepAnswer, Work
from pipelines.engine.engine import Engine
from pipelines.engine.evaluate import evaluate
from pipelines.generation.context import WorkContext
from pipelines.generation.job import GenerationJob
from pipelines.generation.load import load_job
from pipelines.generation.plan import plan_generation
from pipelines.generation.reporter import Reporter

T = TypeVar("T")


def job_of(engine: Engine, request: GenerationRequest) -> GenerationJob:
    """The job of a request with its checkpoint loaded, before its first stage."""
    reporter = Reporter(lambda progress: None)
    context = WorkContext(services=engine.services, control=JobControl(), reporter=reporter)
    return load_job(plan_generation(request), context)


def carried_out(work: Work[T]) -> tuple[T, int]:
    """Return the result of work, and the number of its model calls."""
    answer: StepAnswer = None
    calls = 0
    try:
        while True:
            step = work.send(answer)
            assert isinstance(step, ModelCall)
            calls += 1
            answer = evaluate([step])[0]
    except StopIteration as finished:
        value: T = finished.value
        return value, calls
