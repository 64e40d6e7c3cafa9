"""The table of kinds: a row is found by request, result and label, and holds all that differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import pytest

from extensions.fooocus.kinds import KINDS as FOOOCUS
from pipelines.contract.kinds import KINDS, is_upkeep, kind_answered, kind_of, register_kind
from pipelines.contract.requests import CaptionRequest, EngineRequest, UnloadRequest
from pipelines.contract.results import CheckpointResult, EngineResult, TextResult
from pipelines.contract.work_kind import WorkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest(EngineRequest):
    """Upkeep whose word is not its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult(EngineResult):
    """An answer without fields of its own."""


@pytest.fixture
def sweep() -> Iterator[WorkKind]:
    kind = WorkKind(
        name="sweep",
        request=SweepRequest,
        result=SweepResult,
        run="x:y",
        label=lambda request: "swept",
        labels=("swept",),
        upkeep=True,
    )
    register_kind(kind)
    yield kind
    KINDS.pop(SweepRequest)


def test_upkeep_is_known_by_its_label(sweep: WorkKind) -> None:
    assert is_upkeep(sweep.label_of(SweepRequest()))
    assert not is_upkeep("sweep")
    assert is_upkeep("unload")
    assert not any(is_upkeep(label) for label in ("txt2img", "img2img", "train-lora", "interrogate"))


def test_a_row_is_found_by_what_it_answers() -> None:
    assert kind_answered(TextResult(text="")) is kind_of(CaptionRequest(image=b""))
    with pytest.raises(TypeError, match="SweepResult"):
        kind_answered(SweepResult())


def test_kinds_that_answer_alike_are_told_alike() -> None:
    for kind in KINDS.values():
        first = next(other for other in KINDS.values() if other.result is kind.result)
        assert (kind.told, kind.upkeep) == (first.told, first.upkeep)


def test_what_is_told_are_fields_of_the_result() -> None:
    for kind in KINDS.values():
        assert {row.of for row in kind.told or ()} <= {f.name for f in fields(kind.result)}


def test_a_label_is_of_one_kind() -> None:
    rows = {*KINDS.values(), *FOOOCUS}
    labels = [label for kind in rows for label in kind.labels or (kind.name,)]
    assert len(labels) == len(set(labels))


def test_upkeep_runs_alone_and_only_unload_frees() -> None:
    assert kind_of(UnloadRequest()).group_of(UnloadRequest()) == ""
    assert [kind.name for kind in KINDS.values() if kind.frees] == ["unload"]
    assert kind_answered(CheckpointResult(checkpoint="")).upkeep
