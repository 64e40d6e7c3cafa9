"""Errors about files that one node of a cluster lacks: they name the node."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.errors import CorruptFile, MissingWeights, NotFound
from pipelines.contract.failure import Failure
from pipelines.contract.settings import Folders

ADVICE = "every node needs the server's data and model folders at the same paths"
ABOUT_FILES = frozenset(kind.__name__ for kind in (CorruptFile, MissingWeights, NotFound))


def require_folders(folders: Folders, node: str) -> None:
    """Refuse a node without any of the folders of checkpoints. Raises MissingWeights."""
    if folders.checkpoints and not any(folder.is_dir() for folder in folders.checkpoints):
        raise MissingWeights(f"node {node} has no folder {folders.checkpoints[0]}: {ADVICE}")


def name_node(failure: Failure, node: str) -> Failure:
    """Add the node to a failure about a missing or damaged file, which may be sound on other nodes."""
    if not node or failure.kind not in ABOUT_FILES:
        return failure
    return replace(failure, message=f"{failure.message} (on node {node}; {ADVICE})")
