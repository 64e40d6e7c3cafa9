"""test: words go to pytest; without any, all tests are shared out among the cores."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sdapi.cli.commands import test as command

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note the words that pytest is given, in place of running it."""
    noted: list[list[str]] = []

    def run(words: list[str]) -> int:
        assert Path.cwd() == ROOT
        noted.append(words)
        return 5

    monkeypatch.setattr(pytest, "main", run)
    monkeypatch.setattr(command, "usable_cores", lambda: 3)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.chdir(tmp_path)
    return noted


def test_words_are_passed_on(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert command.main(["tests/house", "-q"]) == 5
    assert calls == [["tests/house", "-q"]]
    assert "OMP_NUM_THREADS" not in os.environ
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


@pytest.mark.parametrize(("given", "threads"), [(None, "1"), ("2", "2")])
def test_all_tests_share_the_cores(
    given: str | None, threads: str, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", given or "")
    if given is None:
        monkeypatch.delenv("OMP_NUM_THREADS")
    assert command.main([]) == 5
    assert calls == [["-n", "3", "--dist", "loadfile"]]
    assert os.environ["OMP_NUM_THREADS"] == threads
