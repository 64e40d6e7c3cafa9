"""Packs: which folders are, and how one that fails is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from extensions.invokeai.kinds import LoadNodesRequest, LoadNodesResult
from extensions.invokeai.running.packs import find_packs
from pipelines.engine.engine import Engine
from tests.extensions.invokeai.graphs import GraphEngine


def test_only_folders_with_an_initialiser_are_packs(tmp_path: Path) -> None:
    for name in ("good", "with-hyphen", "_private", ".hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "loose.py").touch()
    assert [place.name for place in find_packs(tmp_path)] == ["good", "with-hyphen"]
    assert find_packs(tmp_path / "nothing") == ()


def test_packs_that_fail_are_named_with_their_reasons(engine: GraphEngine) -> None:
    result = engine.engine.run(LoadNodesRequest())
    assert isinstance(result, LoadNodesResult)
    assert result.packs == ("good-pack",)
    assert {node["name"] for node in result.nodes} >= {"my_invocation", "pack_everything"}
    assert {node["pack"] for node in result.nodes} == {"good-pack"}
    failed = result.failed
    assert (
        failed["bad_pack"].startswith("OSError: no such device") and "nodes.py, line 2" in failed["bad_pack"]
    )
    assert failed["old_pack"].startswith("it was written for Invoke 3 and needs a port")
    assert "surely_not_installed, which is not installed" in failed["needy_pack"]


def test_no_pack_is_imported_where_they_are_off(engine: GraphEngine) -> None:
    settings = replace(engine.engine.settings, extension_flags={"no_nodes": True})
    without = Engine(settings)
    result = without.run(LoadNodesRequest())
    without.close()
    assert isinstance(result, LoadNodesResult)
    assert (result.packs, result.failed) == ((), {})
