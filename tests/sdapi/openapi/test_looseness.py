"""A reason explains what it is for, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdapi.openapi import looseness
from tests.sdapi.openapi.findings import Finding
from tests.sdapi.openapi.looseness import ACCEPTED, REFUSED, reason

TXT2IMG = "POST /sdapi/v1/txt2img"


def accepted(body: Any, operation: str = TXT2IMG) -> Finding:
    return Finding(code=ACCEPTED, operation=operation, message="", body=body, status=200)


def refused(answer: Any, status: int = 422) -> Finding:
    return Finding(code=REFUSED, operation=TXT2IMG, message="", status=status, answer=answer)


@pytest.mark.parametrize(
    "body",
    [
        {"steps": "20", "cfg_scale": "7.5", "enable_hr": "yes", "prompt": 5, "seed": True},
        {"override_settings": [["a", 1]]},
        {"priority": 2.5, "width": None},
    ],
)
def test_values_read_as_pydantic_1_reads_them_are_explained(body: Any, document: dict[str, Any]) -> None:
    assert reason(accepted(body), document) == looseness.READ_AS_PYDANTIC_1


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        ({"steps": {}}, TXT2IMG),
        ({"styles": "one"}, TXT2IMG),
        ({"priority": {}}, TXT2IMG),
        ({"resize_mode": 7}, "POST /sdapi/v1/img2img"),
        (5, TXT2IMG),
        ([{"people": [], "canvas_width": 0, "canvas_height": 1}], "POST /controlnet/render_openpose_json"),
        (None, "GET /sdapi/v1/progress"),
    ],
)
def test_other_values_are_not(body: Any, operation: str, document: dict[str, Any]) -> None:
    assert reason(accepted(body, operation), document) is None


def test_units_are_the_engines(document: dict[str, Any]) -> None:
    body: dict[str, Any] = {"alwayson_scripts": {"controlnet": {"args": [5]}}}
    assert reason(accepted(body), document) == looseness.UNITS_LATER
    assert reason(accepted({**body, "steps": []}), document) is None


def test_only_fields_that_are_named_may_be_refused(document: dict[str, Any]) -> None:
    keys = {"error": "E", "detail": "d", "body": ""}
    assert reason(refused({**keys, "errors": "width must be more"}), document) == looseness.LIMITS
    assert reason(refused({**keys, "errors": "prompt: is bad"}), document) is None
    assert reason(refused({**keys, "errors": "width"}, status=400), document) is None
    wide = {"detail": [{"loc": ["body", "seed"], "msg": "", "type": "type_error.integer"}]}
    assert reason(refused(wide), document) == looseness.WIDE
    other = {"detail": [{"loc": ["body", "prompt"], "msg": "", "type": "type_error.str"}]}
    assert reason(refused(other), document) is None


def test_only_jobs_stay_after_their_deletion(document: dict[str, Any]) -> None:
    for path, why in (("/sdapi/v1/jobs/{job_id}", looseness.KEPT), ("/sdapi/v1/other/{id}", None)):
        finding = Finding(
            code=looseness.THERE_AFTER_DELETE, operation=f"DELETE {path}", message="", status=200
        )
        assert reason(finding, document) == why


def test_no_other_kind_of_finding_is_explained(document: dict[str, Any]) -> None:
    assert reason(Finding(code="ST103", operation=TXT2IMG, message="", status=418), document) is None


@pytest.mark.parametrize(
    ("operation", "status", "said"),
    [
        ("POST /api/v1/queue/{queue_id}/enqueue_batch", 422, True),
        ("POST /api/v1/queue/{queue_id}/enqueue_batch", 400, False),
        ("GET /api/v1/boards", 400, True),
        ("GET /api/v1/images", 422, False),
        ("PUT /api/v1/queue/{queue_id}/processor/pause", 405, True),
        ("GET /api/v1/nowhere", 422, False),
    ],
)
def test_what_an_operation_says_that_it_refuses(
    operation: str, status: int, said: bool, document: dict[str, Any]
) -> None:
    fault = {"type": "value_error", "loc": ["body", "batch", "graph"], "msg": "no node is of type 'x'"}
    answer = {"detail": [fault]}
    finding = Finding(code=REFUSED, operation=operation, message="", status=status, answer=answer)
    assert reason(finding, document) == (looseness.SAID if said else None)
