"""The command line: one command, or the server."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from sdapi import __main__ as command_line


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Note the module and the words of a command, in place of running it."""
    noted: list[tuple[str, list[str]]] = []

    def module(name: str) -> SimpleNamespace:
        run: Callable[[list[str]], int] = lambda words: noted.append((name, words)) or 7
        return SimpleNamespace(main=run)

    monkeypatch.setattr(command_line, "import_module", module)
    monkeypatch.setattr(command_line, "prepare", lambda: None)
    return noted


@pytest.mark.parametrize(
    ("words", "name", "rest"),
    [
        ([], "serve", []),
        (["--port", "1"], "serve", ["--port", "1"]),
        (["serve", "--port", "1"], "serve", ["--port", "1"]),
        (["generate", "serve"], "generate", ["serve"]),
        (["gpu-check"], "gpu_check", []),
        (["other"], "serve", ["other"]),
    ],
)
def test_the_first_word_may_be_a_command(
    words: list[str], name: str, rest: list[str], started: list[tuple[str, list[str]]]
) -> None:
    assert command_line.main(words) == 7
    assert started == [(f"sdapi.cli.commands.{name}", rest)]


def test_every_command_is_a_module() -> None:
    for name in command_line.COMMANDS:
        assert find_spec(f"sdapi.cli.commands.{name.replace('-', '_')}") is not None
