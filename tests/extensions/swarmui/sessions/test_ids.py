"""Sessions are known by their proof: after a restart too, and to their owner only."""

from __future__ import annotations

import pytest

from extensions.swarmui.sessions.ids import SHAPE, SessionIds


def test_an_id_outlives_the_server() -> None:
    issued = SessionIds(b"secret").issue("")
    assert SHAPE.fullmatch(issued)
    assert SessionIds(b"secret").knows(issued, "")
    assert SessionIds(b"secret").knows(issued.lower(), "")
    assert not SessionIds(b"another").knows(issued, "")


def test_an_id_belongs_to_its_owner() -> None:
    ids = SessionIds(b"secret")
    assert not ids.knows(ids.issue("key:a"), "key:b")
    assert not ids.knows(ids.issue("key:a"), "")


@pytest.mark.parametrize("text", ["", "0" * 40, "A" * 39, "Z" * 40, "A" * 41, "ａ" * 40])
def test_what_nobody_issued_is_unknown(text: str) -> None:
    assert not SessionIds(b"secret").knows(text, "")
