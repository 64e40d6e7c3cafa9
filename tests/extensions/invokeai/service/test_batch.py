"""Batches: which sessions they mean, and what is wrong with some."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.invokeai.service.batch import (
    BatchBody,
    check_data,
    count_sessions,
    most_sessions,
    plan_sessions,
)
from pipelines.contract.errors import InvalidRequest

NODES = {"a": {"type": "add"}, "b": {"type": "add"}}


def batch(*groups: list[tuple[str, str, list[Any]]], runs: int = 1) -> BatchBody:
    keys = ("node_path", "field_name", "items")
    data = [[dict(zip(keys, datum, strict=True)) for datum in group] for group in groups]
    return BatchBody.model_validate({"graph": {"nodes": NODES}, "data": data, "runs": runs})


def test_groups_are_multiplied_and_what_is_in_them_zipped() -> None:
    wanted = batch([("a", "a", [1, 2]), ("a", "b", [10, 20])], [("b", "a", [5, 6, 7])], runs=2)
    check_data(wanted)
    plans = list(plan_sessions(wanted, 100))
    assert count_sessions(wanted) == len(plans) == 12
    values = [
        (p.graph["nodes"]["a"]["a"], p.graph["nodes"]["a"]["b"], p.graph["nodes"]["b"]["a"]) for p in plans
    ]
    assert values[:6] == values[6:] == [(x, 10 * x, y) for x in (1, 2) for y in (5, 6, 7)]
    assert plans[0].field_values[0] == {"node_path": "a", "field_name": "a", "value": 1}
    assert len(list(plan_sessions(wanted, 5))) == 5
    assert len({plan.graph["id"] for plan in plans}) == 12


@pytest.mark.parametrize("data", [None, [], [[]]])
def test_no_data_is_one_session(data: Any) -> None:
    wanted = BatchBody.model_validate({"graph": {"nodes": NODES}, "data": data})
    check_data(wanted)
    assert (count_sessions(wanted), len(list(plan_sessions(wanted, 9)))) == (1, 1)


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        ([[("a", "a", [1]), ("a", "b", [1, 2])]], "of one length"),
        ([[("c", "a", [1])]], "no node c"),
        ([[("a", "a", [1])], [("a", "a", [2])]], "given twice"),
        ([[("a", "a", [1, "x"])]], "several types"),
    ],
)
def test_data_that_do_not_fit(groups: Any, text: str) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        check_data(batch(*groups))
    assert (caught.value.field or "").startswith("batch.data.")


def test_whole_numbers_and_others_are_of_one_type() -> None:
    check_data(batch([("a", "a", [1, 2.5])]))


def test_a_batch_may_fill_the_queue_but_not_with_nodes_without_number() -> None:
    small = batch()
    assert (most_sessions(small, 0), most_sessions(small, 9_990), most_sessions(small, 20_000)) == (
        10_000,
        10,
        0,
    )
    nodes = {f"n{number}": {"type": "add"} for number in range(5_000)}
    assert most_sessions(BatchBody.model_validate({"graph": {"nodes": nodes}}), 0) == 200
