"""A file of keys that can't be used ends the start in one line, which shows no key."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdapi.cli.server import require_keys
from sdapi.flags.parse import parse_flags

DAMAGE = {
    "half an object": '{"keys": [',
    "a list": "[]",
    "no keys": '{"keys": []}',
    "an odd entry": '{"keys": [{"name": "a", "sha256": "secret"}]}',
    "deep": '{"keys": ' + "[" * 100_000 + "]" * 100_000 + "}",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_one_line_says_why(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(DAMAGE[kind])
    with pytest.raises(SystemExit) as ended:
        require_keys(parse_flags(["--api-keys", str(path)], {}))
    assert str(path) in str(ended.value)
    assert "\n" not in str(ended.value)
    assert "secret" not in str(ended.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nowhere"):
        require_keys(parse_flags(["--api-keys", str(tmp_path / "nowhere")], {}))


def test_without_keys_nothing_is_read() -> None:
    require_keys(parse_flags([], {}))
