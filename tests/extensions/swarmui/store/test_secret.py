"""The secret is made once and outlives the server."""

from __future__ import annotations

from pathlib import Path

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.secret import read_secret


def test_the_secret_stays(tmp_path: Path) -> None:
    first = Database(tmp_path / "x" / "a.sqlite")
    secret = read_secret(first)
    first.close()
    assert len(secret) == 32
    assert read_secret(Database(tmp_path / "x" / "a.sqlite")) == secret
    assert read_secret(Database(None)) != secret
