"""The table of networks names modules that exist."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from extensions.controlnet import maps
from extensions.controlnet.maps.networks import NETWORKS


@pytest.mark.parametrize("key", NETWORKS)
def test_a_networks_module_has_a_loader(key: str) -> None:
    spec = find_spec(f"{maps.__name__}.{NETWORKS[key].source}")
    assert spec is not None and spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    assert "load" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
