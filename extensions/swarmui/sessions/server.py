"""State of this dialect in one application: its SQLite file, its sessions, the server's id."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path

from extensions.swarmui.sessions.ids import SessionIds
from extensions.swarmui.store.database import Database
from extensions.swarmui.store.kept import KeptValues
from extensions.swarmui.store.secret import read_secret
from sdapi.plugin import State

FILE = "swarmui.sqlite"
FOLDER = "swarmui"
"""Name of the folder of all users' pictures, below the folder of outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmServer:
    """The state; ``server_id`` is new with every start: by it a SwarmUI notices a backend that is itself."""

    database: Database
    pictures: Path
    kept: KeptValues
    sessions: SessionIds
    server_id: str = field(default_factory=lambda: str(uuid.uuid4()))


def server_of(state: State) -> SwarmServer:
    """Return this application's state; the first call opens the file."""
    return state.parts.of(SwarmServer, lambda: _build(state))


def _build(state: State) -> SwarmServer:
    forgets = state.config.flags.get("db") == ":memory:"
    database = Database(None if forgets else state.config.data / FILE)
    return SwarmServer(
        database=database,
        pictures=state.config.places.outputs[0] / FOLDER,
        kept=KeptValues(database),
        sessions=SessionIds(read_secret(database)),
    )


def close_server(state: State) -> None:
    """Close the file, if it was opened."""
    server = state.parts.take(SwarmServer)
    if server is not None:
        server.database.close()
