"""Carry out a request: find its kind, and answer within the job what its work asks of other work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pipelines.contract.errors import Cancelled, SdapiError
from pipelines.contract.kinds import kind_of
from pipelines.contract.requests import EngineRequest, GenerationRequest
from pipelines.contract.results import EngineResult
from pipelines.denoising.work import Generate, StepAnswer, T, Work, WorkStep
from pipelines.generation.context import WorkContext
from pipelines.generation.generate import plain_generation


def begin(request: EngineRequest, context: WorkContext) -> Work[EngineResult]:
    """Return the work of ``request``; a generation that it asks for runs in its place and is sent back."""
    work: Work[EngineResult] = kind_of(request).runner()(request, context)
    return (yield from _with_generations(work, context))


def _with_generations(work: Work[T], context: WorkContext) -> Work[T]:
    """Pass every step on but ``Generate``, which is carried out here."""
    go_on: Callable[[], WorkStep] = partial(next, work)
    try:
        while True:
            step = go_on()
            asked = isinstance(step, Generate)
            answer = yield from _generated(step.request, context) if asked else _passed_on(step)
            failed = isinstance(answer, SdapiError)
            go_on = partial(work.throw, answer) if failed else partial(work.send, answer)
    except StopIteration as finished:
        value: T = finished.value
        return value
    finally:
        work.close()


def _passed_on(step: WorkStep) -> Work[StepAnswer | SdapiError]:
    """Yield a step, and return the engine's answer or the error that it raises there."""
    try:
        return (yield step)
    except SdapiError as error:
        return error


def _generated(request: GenerationRequest, context: WorkContext) -> Work[StepAnswer | SdapiError]:
    """Run a generation; return its result, or its error for the asking work to handle. Raises Cancelled."""
    try:
        return (yield from _with_generations(plain_generation(request, context), context))
    except Cancelled:
        raise
    except SdapiError as error:
        return error
