"""Options and flags have the types of their values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from sdapi.flags.parse import parse_flags
from sdapi.flags.table import TABLE
from sdapi.openapi.settings import flag_properties, option_properties, value_schema
from sdapi.options.table import load_table
from tests.sdapi.openapi.coercion import with_null
from tests.sdapi.openapi.conftest import application


@pytest.mark.parametrize(
    ("default", "kind"),
    [(False, "boolean"), (3, "number"), (0.0, "number"), ("", "string"), ([], "array"), ({}, "object")],
)
def test_a_default_tells_its_type(default: object, kind: str) -> None:
    assert value_schema(default)["type"] == kind


def test_without_a_default_any_scalar_is_right() -> None:
    assert [choice["type"] for choice in value_schema(None)["anyOf"]] == ["string", "number", "boolean"]


def test_every_option_and_flag_has_a_type() -> None:
    found = {**option_properties(load_table().values()), **flag_properties(TABLE)}
    assert [key for key, schema in found.items() if not {"type", "anyOf"} & set(schema)] == []
    assert found["precision"]["enum"] == ["full", "half", "autocast"]


@pytest.mark.parametrize("path", ["options", "cmd-flags"])
def test_what_is_answered_has_these_types(path: str, tmp_path: Path) -> None:
    given = ["--port", "7000", "--freeze-settings", "--device-id", "0", "--data-dir", str(tmp_path)]
    app = application(tmp_path, **vars(parse_flags(given, {})))
    document: dict[str, Any] = app.openapi()
    name = {"options": "Options", "cmd-flags": "Flags"}[path]
    answer = TestClient(app).get(f"/sdapi/v1/{path}").json()
    schema = with_null(document["components"]["schemas"][name])
    assert set(answer) == set(schema["properties"])
    jsonschema_rs.Draft4Validator(schema).validate(answer)
