"""Errors about files that a node lacks name the node."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights
from pipelines.contract.failure import Failure
from pipelines.hosts.node import name_node, require_folders
from tests.pipelines.jobs.helpers import make_settings


def test_one_folder_of_checkpoints_is_enough(tmp_path: Path) -> None:
    folders = make_settings().folders
    require_folders(folders, "n1")
    missing = tmp_path / "missing"
    require_folders(replace(folders, checkpoints=(missing, tmp_path)), "n1")
    with pytest.raises(MissingWeights, match=r"node n1 has no folder .*missing: every node needs"):
        require_folders(replace(folders, checkpoints=(missing,)), "n1")


@pytest.mark.parametrize("kind", [CorruptFile, MissingWeights])
def test_a_missing_file_is_told_with_the_node(kind: type[CorruptFile]) -> None:
    failure = Failure.of(kind("a.safetensors does not exist", field="checkpoint"))
    named = name_node(failure, "n1")
    assert named.message.startswith("a.safetensors does not exist (on node n1; every node needs")
    assert (named.kind, named.field) == (failure.kind, "checkpoint")
    assert name_node(failure, "") == failure


def test_other_failures_are_the_same_everywhere() -> None:
    failure = Failure.of(InvalidRequest("steps must be above 0", field="steps"))
    assert name_node(failure, "n1") == failure
