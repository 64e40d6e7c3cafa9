"""Answers of a row whose columns are left out, and of one where they are given."""

from __future__ import annotations

import pytest

from pipelines.contract.kinds import kind_of
from pipelines.contract.requests import LoadCheckpointRequest, UnloadRequest
from pipelines.contract.results import CheckpointResult
from pipelines.contract.work_kind import WorkKind
from tests.pipelines.jobs.helpers import make_request

PLAIN = WorkKind(name="plain", request=UnloadRequest, result=CheckpointResult, run=f"{__name__}:nothing")


def nothing() -> None:
    """Stand in for the generator that a row names."""


def test_a_plain_row_has_its_name_for_a_label_and_runs_alone() -> None:
    request = UnloadRequest()
    assert (PLAIN.label_of(request), PLAIN.checkpoint_of(request), PLAIN.group_of(request)) == (
        "plain",
        "",
        "",
    )
    assert PLAIN.is_labelled("plain")
    assert not PLAIN.is_labelled("")


def test_columns_answer_for_a_request() -> None:
    request = make_request()
    kind = kind_of(request)
    assert kind.label_of(request) == "txt2img"
    assert kind.is_labelled("img2img")
    assert not kind.is_labelled(kind.name)
    assert kind.group_of(request)
    load = LoadCheckpointRequest(checkpoint="x")
    assert kind_of(load).checkpoint_of(load) == "x"


def test_a_row_names_what_it_runs() -> None:
    assert PLAIN.runner() is nothing
    gone = WorkKind(name="gone", request=UnloadRequest, result=CheckpointResult, run=f"{__name__}:gone")
    with pytest.raises(AttributeError, match="gone"):
        gone.runner()
