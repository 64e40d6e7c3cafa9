"""The dialect's state is one for an application, until it is closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from extensions.swarmui.sessions.server import close_server, server_of
from sdapi.core.parts import ExtensionParts
from sdapi.core.state import State
from tests.extensions.swarmui.direct_runs import state_around


def again(state: State) -> State:
    """The state after a restart."""
    return replace(state, parts=ExtensionParts())


def test_an_application_has_one(tmp_path: Path) -> None:
    state = state_around(tmp_path)
    assert server_of(state) is server_of(state)
    assert server_of(state).pictures.name == "swarmui"
    assert server_of(state).pictures.parent == state.config.places.outputs[0]


def test_a_restart_keeps_sessions_and_changes_the_id(tmp_path: Path) -> None:
    state = state_around(tmp_path)
    first, issued = server_of(state), server_of(state).sessions.issue("")
    close_server(state)
    second = server_of(again(state))
    assert second.sessions.knows(issued, "")
    assert second.server_id != first.server_id


def test_a_server_without_a_file_forgets_its_sessions(tmp_path: Path) -> None:
    state = state_around(tmp_path)
    flags = {**state.config.flags, "db": ":memory:"}
    state = replace(state, config=replace(state.config, flags=flags))
    issued = server_of(state).sessions.issue("")
    assert server_of(state).sessions.knows(issued, "")
    assert not server_of(again(state)).sessions.knows(issued, "")
    assert not (tmp_path / "swarmui.sqlite").exists()


def test_what_was_never_opened_is_closed_without_a_file(tmp_path: Path) -> None:
    close_server(state_around(tmp_path))
    assert not (tmp_path / "swarmui.sqlite").exists()
