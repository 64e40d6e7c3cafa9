"""A kind of work is one row and one generator: it runs, shows progress, is cancelled, crosses the queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.contract.codec import decode_any, encode
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from pipelines.contract.kinds import KINDS, WorkKind, kind_of, register_kind
from pipelines.contract.progress import Progress
from pipelines.contract.results import EngineResult
from pipelines.engine.engine import Engine
from tests.contributor import toy_kind
from tests.contributor.toy_kind import CountRequest, CountResult
from tests.engines import make_engine


@pytest.fixture
def engine(models_dir: Path, tmp_path: Path) -> Iterator[Engine]:
    register_kind(*toy_kind.KINDS)
    engine = make_engine(models_dir, tmp_path)
    yield engine
    engine.close()
    KINDS.pop(CountRequest)


def test_it_runs_and_tells_its_progress(engine: Engine) -> None:
    told: list[Progress] = []
    assert engine.run(CountRequest(number=3), on_progress=told.append) == CountResult(said=(1, 2, 3))
    assert [(p.step, p.steps) for p in told if p.step][-3:] == [(2, 3), (3, 3), (3, 3)]


def test_it_is_cancelled_between_its_steps(engine: Engine) -> None:
    control = JobControl()
    job = engine.start("job", CountRequest(number=1_000_000), control=control)
    engine.step()
    control.ask(Action.CANCEL)
    assert engine.step() == [job]
    assert isinstance(job.outcome, Cancelled)


def test_two_take_turns(engine: Engine) -> None:
    jobs = [engine.start(name, CountRequest(number=2)) for name in "ab"]
    steps = 0
    while any(job.outcome is None for job in jobs):
        engine.step()
        steps += 1
    assert steps == 2


def test_request_and_result_cross_the_queue(engine: Engine) -> None:
    request = CountRequest(number=2, keep_alive=5.0)
    assert decode_any(encode(request)) == request
    assert decode_any(encode(CountResult(said=(1, 2)))) == CountResult(said=(1, 2))
    assert kind_of(request).label_of(request) == "count"


def test_a_request_of_no_kind_is_named() -> None:
    with pytest.raises(TypeError, match="CountRequest"):
        kind_of(CountRequest(number=1))


def test_a_kind_whose_result_has_a_taken_name_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class GenerationResult(EngineResult):
        """A result with the name of the core's own."""

    row = WorkKind(name="count", request=CountRequest, result=GenerationResult, run="toy:run")
    with pytest.raises(ValueError, match="both have a GenerationResult"):
        register_kind(row)
    assert CountRequest not in KINDS
