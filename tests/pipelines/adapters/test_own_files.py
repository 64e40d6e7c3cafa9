"""A job's own networks stand before those of its prompt."""

from __future__ import annotations

from pathlib import Path

from pipelines.adapters.own_files import with_own
from pipelines.adapters.resolve import ResolvedNetworks
from pipelines.contract.requests import OwnFiles
from pipelines.families.patches import NetworkUse


def test_own_files_go_first_and_know_their_time(tmp_path: Path) -> None:
    for name in ("one.safetensors", "two.pt"):
        (tmp_path / name).write_bytes(b"x")
    prompted = ResolvedNetworks(networks=(NetworkUse(path="/x", name="x"),))
    own = OwnFiles(networks=(str(tmp_path / "one.safetensors"),), hypernetworks=(str(tmp_path / "two.pt"),))
    found = with_own(prompted, own)
    assert [use.name for use in found.networks] == ["one", "x"]
    assert [use.name for use in found.hypernetworks] == ["two"]
    assert found.networks[0].version == (tmp_path / "one.safetensors").stat().st_mtime_ns


def test_nothing_changes_without_them() -> None:
    prompted = ResolvedNetworks()
    assert with_own(prompted, OwnFiles()) is prompted
