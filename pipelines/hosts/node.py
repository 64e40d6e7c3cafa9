"""What may differ between the nodes of a cluster: the files that they see."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.errors import CorruptFile, MissingWeights, NotFound
from pipelines.contract.failure import Failure
from pipelines.contract.settings import Folders

ADVICE = "every node needs the server's data and model folders at the same paths"
ABOUT_FILES = frozenset(kind.__name__ for kind in (CorruptFile, MissingWeights, NotFound))


def require_folders(folders: Folders, node: str) -> None:
    """Refuse a node that sees no folder of checkpoints at all. Raises MissingWeights."""
    if folders.checkpoints and not any(folder.is_dir() for folder in folders.checkpoints):
        raise MissingWeights(f"node {node} has no folder {folders.checkpoints[0]}: {ADVICE}")


def name_node(failure: Failure, node: str) -> Failure:
    """Say on which node a file is missing or damaged; elsewhere it may not be."""
    if not node or failure.kind not in ABOUT_FILES:
        return failure
    return replace(failure, message=f"{failure.message} (on node {node}; {ADVICE})")
