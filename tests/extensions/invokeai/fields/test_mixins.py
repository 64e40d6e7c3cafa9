"""Mixins of nodes: inputs for metadata and a board, and one without effect."""

from __future__ import annotations

import pytest

from extensions.invokeai.fields.mixins import WithBoard, WithMetadata, WithWorkflow


class Both(WithMetadata, WithBoard):
    """A model with both inputs."""


def test_metadata_comes_by_an_edge_and_a_board_directly() -> None:
    assert Both().model_dump() == {"metadata": None, "board": None}
    given = Both.model_validate({"metadata": {"seed": 1}, "board": {"board_id": "b"}})
    assert given.metadata is not None and given.metadata.root == {"seed": 1}
    assert given.board is not None and given.board.board_id == "b"
    properties = Both.model_json_schema()["properties"]
    assert {name: (field["field_kind"], field["input"]) for name, field in properties.items()} == {
        "metadata": ("internal", "connection"),
        "board": ("internal", "direct"),
    }


def test_the_former_mixin_warns_and_has_no_effect(caplog: pytest.LogCaptureFixture) -> None:
    class Old(WithWorkflow):
        pass

    assert Old().workflow is None
    assert "Old: WithWorkflow is out of use and has no effect" in caplog.text
