"""What any work may ask of the engine between two of its steps: a model call, a pause, another generation.

Work is a generator. It yields a step and is sent the answer, so that the engine can let several jobs take
turns, share model calls, tell progress, and end a job at any of these places.
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
    """Let other jobs go on; a job that was cancelled ends here. Answered with None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Tell how far the work is, then pause. None leaves a figure as it is; answered with None.

    ``step`` of ``steps`` of the present batch; ``preview`` is an encoded picture. ``batch`` is how many
    batches are done, where ``batch_done`` doesn't count them; ``figures`` and
    ``details``: see ``Progress``.
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
    """Carry out another generation within this job. Answered with its result, or raises its error."""

    request: GenerationRequest


WorkStep: TypeAlias = ModelCall | Pause | Report | Generate
StepAnswer: TypeAlias = Tensor | GenerationResult | None
Work = Generator[WorkStep, StepAnswer, T]
"""A computation that pauses at its steps and returns a T."""


def call_model(call: ModelCall) -> Work[Tensor]:
    """Yield a model call and answer the model's output, (rows, C, h, w)."""
    answer = yield call
    assert isinstance(answer, Tensor)
    return answer


def pause() -> Work[None]:
    """Yield a pause."""
    yield Pause()


def paused(pieces: Pieces[T]) -> Work[T]:
    """What a computation in pieces returns, with a pause after each."""
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
    """Yield a report."""
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
    """Yield another generation and answer its result. Raises what it failed with, an SdapiError."""
    answer = yield Generate(request=request)
    assert isinstance(answer, GenerationResult)
    return answer


def settle(value: T | Work[T]) -> Work[T]:
    """The value itself, or what work returns: for hooks that may be either."""
    if isinstance(value, Generator):
        return (yield from value)
    return value
