"""Work that asks for generations: they run in its place, and their ends are its to judge."""

from __future__ import annotations

from typing import cast

import pytest

import pipelines.engine.work
from pipelines.contract.control import JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, SdapiError
from pipelines.contract.kinds import WorkKind
from pipelines.contract.requests import EngineRequest, GenerationRequest, UnloadRequest
from pipelines.contract.results import EngineResult, GenerationResult, TextResult
from pipelines.denoising.work import Pause, Report, Work, pause, report, run_generation
from pipelines.engine.work import begin
from pipelines.generation.context import WorkContext
from pipelines.generation.reporter import Reporter
from pipelines.generation.services import Services
from tests.pipelines.jobs.helpers import make_request

CONTEXT = WorkContext(
    services=cast("Services", None), control=JobControl(), reporter=Reporter(lambda progress: None)
)
CLOSED: list[bool] = []


def asking(request: EngineRequest, context: WorkContext) -> Work[EngineResult]:
    """Asks for three pictures and returns what became of each."""
    try:
        yield from pause()
        found: list[str] = []
        for prompt in ("a cat", "broken", "gone"):
            try:
                result = yield from run_generation(make_request(prompt))
            except InvalidRequest as error:
                found.append(error.message)
            else:
                found.append(str(result.info["prompt"]))
        return TextResult(text=", ".join(found))
    finally:
        CLOSED.append(True)


def generation(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """A picture's words; one is broken."""
    yield from report(text=request.prompt)
    if request.prompt == "broken":
        raise InvalidRequest("it is broken")
    return GenerationResult(images=(), info={"prompt": request.prompt})


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work[EngineResult]:
    kind = WorkKind(name="ask", request=UnloadRequest, result=TextResult, run=f"{__name__}:asking")
    monkeypatch.setattr(WorkKind, "runner", lambda self: asking)
    monkeypatch.setattr(pipelines.engine.work, "kind_of", lambda request: kind)
    monkeypatch.setattr(pipelines.engine.work, "plain_generation", generation)
    CLOSED.clear()
    return begin(UnloadRequest(), CONTEXT)


def test_steps_of_both_are_passed_on_and_a_failure_is_the_asking_works(work: Work[EngineResult]) -> None:
    steps = [next(work) for _ in range(4)]
    with pytest.raises(StopIteration) as ended:
        next(work)
    assert steps == [Pause(), Report(text="a cat"), Report(text="broken"), Report(text="gone")]
    assert ended.value.value == TextResult(text="a cat, it is broken, gone")


def test_an_error_of_the_engine_reaches_the_generation_and_then_the_asking_work(
    work: Work[EngineResult],
) -> None:
    assert [next(work), next(work)] == [Pause(), Report(text="a cat")]
    work.throw(InvalidRequest("no room"))
    next(work)
    with pytest.raises(StopIteration) as ended:
        next(work)
    assert ended.value.value == TextResult(text="no room, it is broken, gone")


def test_a_cancelled_generation_ends_the_asking_work(work: Work[EngineResult]) -> None:
    assert [next(work), next(work)] == [Pause(), Report(text="a cat")]
    with pytest.raises(Cancelled):
        work.throw(Cancelled("the job was cancelled"))
    assert CLOSED == [True]


def test_an_error_that_the_work_does_not_expect_ends_it(work: Work[EngineResult]) -> None:
    next(work)
    with pytest.raises(SdapiError, match="lost"):
        work.throw(SdapiError("lost"))
    assert CLOSED == [True]


def test_work_that_is_given_up_is_closed(work: Work[EngineResult]) -> None:
    next(work)
    work.close()
    assert CLOSED == [True]
