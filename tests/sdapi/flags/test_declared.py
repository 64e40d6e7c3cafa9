"""Extensions declare flags of their own."""

from __future__ import annotations

import pytest

from sdapi.cli.server import further_ports
from sdapi.flags.declared import extension_flags
from sdapi.flags.parse import parse_flags
from sdapi.flags.table import TABLE


def test_every_extension_that_declares_flags_has_its_rows_in_the_table() -> None:
    found = extension_flags()
    assert {"controlnet", "fooocus", "invokeai", "swarmui"} <= set(found)
    assert all(flag in TABLE for rows in found.values() for flag in rows)


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ([], []),
        (["--fooocus-port", "8888", "--swarm-port", "7801"], [8888, 7801]),
        (["--fooocus-port", "8888", "--swarm-port", "7801", "--no-fooocus"], [7801]),
        (["--swarm-port", "7801", "--disable-all-extensions"], []),
    ],
)
def test_ports_are_those_of_the_extensions_that_are_on(words: list[str], ports: list[int]) -> None:
    assert further_ports(parse_flags(words, {})) == ports


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "8_8"])
def test_a_port_is_a_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_flags([f"--swarm-port={port}"], {})
    assert "must be between 1 and 65535" in capsys.readouterr().err
