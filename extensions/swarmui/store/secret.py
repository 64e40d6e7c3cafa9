"""The secret that sessions are signed with: made once, kept over restarts."""

from __future__ import annotations

import secrets

from extensions.swarmui.store.database import Database

BYTES = 32


def read_secret(database: Database) -> bytes:
    """The secret of this server."""
    with database.use() as connection:
        fresh = secrets.token_bytes(BYTES)
        connection.execute("insert or ignore into facts values ('secret', ?)", (fresh,))
        return bytes(connection.execute("select value from facts where name = 'secret'").fetchone()[0])
