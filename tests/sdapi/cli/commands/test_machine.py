"""The machine and the versions of a measurement."""

from __future__ import annotations

from pathlib import Path

from sdapi.cli.commands.machine import cpu_name, describe_machine, describe_versions


def test_machine_and_versions_are_described(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nmodel name\t: Fast CPU\n", encoding="utf-8")
    assert cpu_name(info) == "Fast CPU"
    assert describe_machine()["cores"]
    assert set(describe_versions()) >= {"python", "torch"}
