"""A session belongs to a caller, whose folder and turn it has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extensions.swarmui.sessions.server import server_of
from extensions.swarmui.sessions.session import find_session, user_of
from extensions.swarmui.words.errors import SwarmError
from sdapi.core.state import State
from sdapi.http.caller import Caller, Role
from tests.extensions.swarmui.direct_runs import session_in, state_around


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return state_around(tmp_path_factory.mktemp("state"))


def test_callers_without_keys_share_a_folder(state: State) -> None:
    session = session_in(state)
    assert session.user == "local"
    assert session.folder == server_of(state).pictures / "local"


def test_a_key_has_a_folder_of_its_own_unless_it_sees_all(state: State) -> None:
    user = replace(state, caller=Caller(name="Ann", role=Role.USER))
    assert user_of(user).startswith("key-ann-")
    assert session_in(user).folder == server_of(state).pictures / user_of(user)
    assert user_of(replace(state, caller=Caller(name="Boss", role=Role.ADMIN))) == "local"


def test_an_id_is_known_to_its_caller_alone(state: State) -> None:
    ann, bob = (replace(state, caller=Caller(name=name, role=Role.USER)) for name in ("ann", "bob"))
    session = session_in(ann)
    assert find_session(session.id.lower(), ann).id == session.id
    for other in (bob, state):
        with pytest.raises(SwarmError) as caught:
            find_session(session.id, other)
        assert (caught.value.error_id, caught.value.status_code) == ("invalid_session_id", 401)


@pytest.mark.parametrize("named", [None, 7, ["x"]])
def test_a_session_that_is_not_named_is_another_error(named: object, state: State) -> None:
    with pytest.raises(SwarmError) as caught:
        find_session(named, state)
    assert (caught.value.error_id, caught.value.status_code) == ("basic_api", 400)


def test_sessions_take_turns_under_names_that_hide_their_ids(state: State) -> None:
    one, two = session_in(state), session_in(state)
    assert one.turn != two.turn
    assert one.turn == find_session(one.id, state).turn
    assert one.id.lower() not in one.turn.lower()
