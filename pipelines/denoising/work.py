"""The steps that work may yield to the engine: a model call, a pause, a report, another generation.

Work is a generator. It yields a step and is sent the answer, so that the engine can let several jobs take
turns, share model calls, show progress, and end a job at any of these places.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from torch import Tensor

from pipelines.contract.heed import Pieces
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.denoising.model_call import ModelCall

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A place where other jobs go on, and a cancelled job ends. Answered with None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The progress of the work, and a pause. None leaves a value as it is; answered with None.

    ``step`` of ``steps`` of the present batch; ``preview`` is an encoded picture. ``batch_done`` counts one
    batch more as done, or ``batch`` sets their number; ``figures`` and ``details``: see ``Progress``.
    """

    step: int | None = None
    steps: int | None = None
    text: str | None = None
    preview: bytes | None = None
    batch_done: bool = False
    batch: int | None = None
    figures: Mapping[str, float] | None = None
    details: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Another generation to carry out within this job. Answered with its result, or raises its error."""

    request: GenerationRequest


WorkStep: TypeAlias = ModelCall | Pause | Report | Generate
StepAnswer: TypeAlias = Tensor | GenerationResult | None
Work = Generator[WorkStep, StepAnswer, T]
"""A computation that pauses at its steps and returns a T."""


def call_model(call: ModelCall) -> Work[Tensor]:
    """Yield a model call and return the model's output, (rows, C, h, w)."""
    answer = yield call
    assert isinstance(answer, Tensor)
    return answer


def pause() -> Work[None]:
    """Yield one pause, and go on after it."""
    yield Pause()


def paused(pieces: Pieces[T]) -> Work[T]:
    """Run a computation in pieces with a pause after each, and return its result."""
    while True:
        try:
            next(pieces)
        except StopIteration as finished:
            value: T = finished.value
            return value
        yield Pause()


def report(
    *,
    step: int | None = None,
    steps: int | None = None,
    text: str | None = None,
    preview: bytes | None = None,
    batch_done: bool = False,
    batch: int | None = None,
    figures: Mapping[str, float] | None = None,
    details: Mapping[str, str] | None = None,
) -> Work[None]:
    """Yield one report, with the fields of ``Report``."""
    yield Report(
        step=step,
        steps=steps,
        text=text,
        preview=preview,
        batch_done=batch_done,
        batch=batch,
        figures=figures,
        details=details,
    )


def run_generation(request: GenerationRequest) -> Work[GenerationResult]:
    """Yield another generation and return its result. Raises the SdapiError that it failed with."""
    answer = yield Generate(request=request)
    assert isinstance(answer, GenerationResult)
    return answer


def settle(value: T | Work[T]) -> Work[T]:
    """Return a value, or the result of the work that it is: for hooks that may return either."""
    if isinstance(value, Generator):
        return (yield from value)
    return value
