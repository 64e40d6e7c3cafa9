"""Workflows are kept as they were sent, found and forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.invokeai.store.errors import WorkflowNotFoundError
from extensions.invokeai.store.owner import EVERYBODY
from extensions.invokeai.store.store import InvokeStore


def test_workflows(tmp_path: Path) -> None:
    workflows = InvokeStore(tmp_path).seen_by(EVERYBODY).workflows
    first = workflows.create({"name": "b", "tags": "x", "meta": {"category": "default"}, "nodes": [1]})
    second = workflows.create({"name": "A", "description": "of circles", "id": "theirs", "meta": 3})
    assert first["workflow"]["nodes"] == [1] and second["workflow"]["id"] == second["workflow_id"] != "theirs"
    assert [row["name"] for row in workflows.list(order="name", newest_first=False)] == ["A", "b"]
    assert [row["name"] for row in workflows.list()] == ["A", "b"]
    assert [row["name"] for row in workflows.list(search="circ")] == ["A"]
    assert [row["name"] for row in workflows.list(categories=["default"])] == ["b"]
    changed = workflows.change(first["workflow_id"], {"name": "c"})
    assert (changed["name"], changed["created_at"]) == ("c", first["created_at"])
    workflows.open(first["workflow_id"])
    assert workflows.get(first["workflow_id"])["opened_at"] is not None
    workflows.delete(first["workflow_id"])
    for ask in (workflows.get, workflows.delete, workflows.open):
        with pytest.raises(WorkflowNotFoundError):
            ask(first["workflow_id"])
