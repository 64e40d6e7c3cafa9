"""Arguments are read in their types, and errors name them."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.dialects.a1111.arguments import ArgumentReader, naming

KINDS = {"count": "integer", "share": "number", "on": "boolean", "word": "string", "any": "object"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        dict.fromkeys(KINDS),
        {"count": "3", "share": "0.5", "on": "yes", "word": 5, "any": [1]},
        {"count": True, "share": 1, "on": 0, "word": ""},
    ],
)
def test_values_that_pydantic_1_reads_are_read(body: dict[str, Any]) -> None:
    ArgumentReader(body).check(KINDS)


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("count", "many", "a whole number"),
        ("count", 2**70, "a whole number"),
        ("share", [], "a number"),
        ("on", "perhaps", "true or false"),
        ("word", {}, "a text"),
    ],
)
def test_others_name_their_argument(field: str, value: object, kind: str) -> None:
    with pytest.raises(InvalidRequest, match=kind) as caught:
        ArgumentReader({field: value}).check(KINDS)
    assert caught.value.field == field


def test_errors_are_said_in_the_routes_names() -> None:
    with pytest.raises(InvalidRequest) as caught, naming({"steps": "preview_steps"}):
        raise InvalidRequest("steps must be between 1 and 150, not 0", field="steps")
    assert caught.value.field == "preview_steps"
    assert caught.value.message.startswith("preview_steps must be")
    with pytest.raises(InvalidRequest, match="width") as caught, naming({"steps": "preview_steps"}):
        raise InvalidRequest("width is odd", field="width")
    assert caught.value.field == "width"
