"""One application's state, as one caller may reach it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from pipelines.scripting.script_file import Scripts
from sdapi.core.own_jobs import OwnJobs
from sdapi.core.state import State, get_state, no_scripts
from sdapi.http.caller import SCOPE_KEY, Caller, Role
from tests.sdapi.states import make_state


def asked(state: State, caller: Caller | None = None) -> State:
    app = SimpleNamespace(state=SimpleNamespace(sdapi=state))
    scope: dict[str, Any] = {"type": "http", "app": app}
    return get_state(HTTPConnection(scope | ({SCOPE_KEY: caller} if caller else {})))


def test_without_a_key_the_state_is_the_applications() -> None:
    state = make_state()
    assert asked(state) is state
    assert asked(state, Caller(name="bot")).parts is state.parts


@pytest.mark.parametrize(("role", "own"), [(Role.READER, True), (Role.USER, True), (Role.ADMIN, False)])
def test_only_admins_reach_all_jobs(role: Role, own: bool) -> None:
    state = make_state()
    seen = asked(state, Caller(name="bot", role=role))
    assert isinstance(seen.jobs, OwnJobs) is own
    assert (seen.jobs is state.services.jobs) is not own


def test_fetching_goes_by_the_options_of_the_moment() -> None:
    state = make_state(flags={"max_image_pixels": 64})
    reader = state.images
    assert (reader.max_pixels, reader.policy().enabled, reader.policy().public_only) == (64, False, True)
    state.store.apply({"api_enable_requests": True, "api_forbid_local_requests": False, "api_useragent": "x"})
    policy = reader.policy()
    assert (policy.enabled, policy.public_only, policy.user_agent) == (True, False, "x")


def test_an_application_without_scripts_has_none() -> None:
    assert no_scripts() == Scripts()
