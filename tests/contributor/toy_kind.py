"""A kind of work of one's own: count to a number, slowly enough to be watched and cancelled."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import EngineRequest, EngineResult, Work, WorkContext, WorkKind, report


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRequest(EngineRequest):
    """Count to ``number``."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountResult(EngineResult):
    """Every number that was counted."""

    said: tuple[int, ...]


def count(request: CountRequest, context: WorkContext) -> Work[CountResult]:
    """Count one number a step."""
    context.reporter.job("count", batches=1)
    said: list[int] = []
    for number in range(request.number):
        said.append(number + 1)
        yield from report(step=number + 1, steps=request.number)
    return CountResult(said=tuple(said))


KINDS = (
    WorkKind(name="count", request=CountRequest, result=CountResult, run="tests.contributor.toy_kind:count"),
)
