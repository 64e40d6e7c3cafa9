"""Operations that queue a job describe the preferences, and no others do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sdapi.jobs.preferences import BODY_FIELDS, FALSE, PRIORITIES, TRUE
from sdapi.openapi.preferences import FIELDS, PARAMETERS, add_preferences


def of(name: str) -> dict[str, Any]:
    return next(row for row in PARAMETERS if row["name"] == name)["schema"]


def queueing(reference: str) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{reference}"}}}}
    return {"responses": {"200": {}, "202": {}}, "requestBody": body}


def test_a_body_gets_the_fields_after_its_own() -> None:
    operation, schemas = queueing("Body"), {"Body": {"properties": {"prompt": {}}}, "Other": {}}
    add_preferences(operation, schemas)
    assert list(schemas["Body"]["properties"]) == ["prompt", *FIELDS]
    assert schemas["Other"] == {}
    assert [row["name"] for row in operation["parameters"]] == [row["name"] for row in PARAMETERS]


def test_parameters_of_the_route_stay_first() -> None:
    operation: dict[str, Any] = {"responses": {"202": {}}, "parameters": [{"name": "own"}]}
    add_preferences(operation, {})
    assert [row["name"] for row in operation["parameters"]][:2] == ["own", "async"]


def test_what_queues_nothing_stays_as_it_is() -> None:
    operation, schemas = {**queueing("Body"), "responses": {"200": {}}}, {"Body": {"properties": {}}}
    add_preferences(operation, schemas)
    assert "parameters" not in operation
    assert schemas == {"Body": {"properties": {}}}


def test_every_field_that_is_read_is_described() -> None:
    assert {*FIELDS, "async"} == BODY_FIELDS


@pytest.mark.parametrize(
    ("number", "fits"), [("-100", True), ("0", True), ("100", True), ("101", False), ("-101", False)]
)
def test_the_headers_pattern_has_the_range_of_priorities(number: str, fits: bool) -> None:
    assert (int(number) in PRIORITIES) is fits
    assert bool(re.search(of("X-Priority")["pattern"], number)) is fits


def test_the_headers_words_are_those_that_are_read() -> None:
    assert set(of("X-Cancel-On-Disconnect")["enum"]) == TRUE | FALSE
