"""The list of modules of nodes is complete."""

from __future__ import annotations

from pathlib import Path

import extensions.invokeai.nodes
from extensions.invokeai.nodes.all_nodes import MODULES

FOLDER = Path(extensions.invokeai.nodes.__path__[0])


def test_every_module_that_registers_a_node_is_listed() -> None:
    registering = {file.stem for file in FOLDER.glob("*.py") if "\n@invocation(" in file.read_text("utf-8")}
    assert {name.rpartition(".")[2] for name in MODULES} == registering
