"""Webhooks that aren't delivered yet outlive the server in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sdapi.jobs.undelivered import Message, Undelivered

ONE = Message(job_id="1", url="http://a", body='{"ü": 1}')
TWO = Message(job_id="2", url="http://b", body="{}")


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"x": 1}]', '{"a": 1}'])
def test_a_damaged_file_of_webhooks_is_told(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "webhooks.json"
    file.write_text(text)
    assert Undelivered(file).load() == ()
    assert "webhooks of an earlier server are lost" in caplog.text


def test_the_next_server_finds_them(tmp_path: Path) -> None:
    first = Undelivered(tmp_path / "webhooks.json")
    first.put(ONE)
    first.put(TWO)
    tried = replace(ONE, tries=2)
    first.put(tried)
    assert Undelivered(tmp_path / "webhooks.json").load() == (tried, TWO)


def test_delivered_ones_are_gone(tmp_path: Path) -> None:
    first = Undelivered(tmp_path / "webhooks.json")
    first.put(ONE)
    first.put(TWO)
    first.drop(ONE)
    first.drop(ONE)
    assert Undelivered(tmp_path / "webhooks.json").load() == (TWO,)


def test_loaded_ones_stay_in_the_file(tmp_path: Path) -> None:
    Undelivered(tmp_path / "webhooks.json").put(ONE)
    second = Undelivered(tmp_path / "webhooks.json")
    assert second.load() == (ONE,)
    second.put(TWO)
    assert Undelivered(tmp_path / "webhooks.json").load() == (ONE, TWO)


def test_newer_ones_win_over_loaded_ones(tmp_path: Path) -> None:
    Undelivered(tmp_path / "webhooks.json").put(ONE)
    second = Undelivered(tmp_path / "webhooks.json")
    newer = replace(ONE, body="[]")
    (tmp_path / "copy.json").write_bytes((tmp_path / "webhooks.json").read_bytes())
    second.put(newer)
    (tmp_path / "copy.json").replace(tmp_path / "webhooks.json")
    second.load()
    second.put(TWO)
    assert Undelivered(tmp_path / "webhooks.json").load() == (newer, TWO)


def test_without_a_file_nothing_is_found(tmp_path: Path) -> None:
    memory = Undelivered(None)
    memory.put(ONE)
    memory.drop(ONE)
    assert memory.load() == ()
    assert Undelivered(tmp_path / "webhooks.json").load() == ()
    assert list(tmp_path.iterdir()) == []
