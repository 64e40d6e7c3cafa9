"""Routes declare roles, quotas and dialects; the door reads them, and is strict where nothing is declared."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter

from sdapi.http.caller import Role
from sdapi.http.declared import CONTROLS, MAKES, READS, Door, entry_of, speaks
from sdapi.http.dialect import PLAIN, Dialect
from tests.sdapi.conftest import Server

OWN = Dialect(name="own", say=lambda fault: {"no": fault.message})
router = APIRouter(prefix="/own", dependencies=[speaks(OWN), MAKES])


@router.post("/make")
async def make() -> None:
    """As the router declares."""


@router.post("/list", dependencies=[READS])
async def show() -> None:
    """A route that reads by POST."""


@router.delete("/{job:path}", dependencies=[CONTROLS])
async def stop(job: str) -> None:
    """A route that acts on jobs."""


@router.websocket("/live")
async def live() -> None:
    """A route of a WebSocket, for its declarations only."""


def scope(method: str, path: str, kind: str = "http") -> dict[str, Any]:
    return {"type": kind, "method": method, "path": path, "root_path": ""}


@pytest.mark.parametrize(
    ("asked", "role", "costs", "dialect"),
    [
        (("POST", "/own/make"), Role.USER, True, OWN),
        (("POST", "/own/list"), Role.READER, False, OWN),
        (("DELETE", "/own/a/b"), Role.USER, False, OWN),
        (("GET", "/own/make"), Role.READER, False, OWN),
        (("POST", "/own/nothing"), Role.ADMIN, True, OWN),
        (("POST", "/owner"), Role.ADMIN, True, PLAIN),
        (("GET", "/"), Role.READER, False, PLAIN),
        (("", "/own/live", "websocket"), Role.USER, False, OWN),
        (("", "/other", "websocket"), Role.USER, False, PLAIN),
    ],
)
def test_the_last_that_says_something_counts(
    asked: tuple[str, ...], role: Role, costs: bool, dialect: Dialect
) -> None:
    entry = Door([router], PLAIN).entry(scope(*asked))
    assert (entry.role, entry.costs, entry.dialect) == (role, costs, dialect)


def test_without_a_door_nothing_is_declared() -> None:
    assert entry_of(scope("POST", "/own/make")).role is Role.ADMIN


MAKE = ("txt2img", "img2img", "extra-single-image", "extra-batch-images", "png-info", "interrogate")


@pytest.mark.parametrize("name", MAKE)
def test_what_makes_is_for_users_and_costs(name: str, server: Server) -> None:
    entry = entry_of({**scope("POST", f"/sdapi/v1/{name}"), "app": server.app})
    assert (entry.role, entry.costs) == (Role.USER, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sdapi/v1/interrupt"),
        ("POST", "/sdapi/v1/skip"),
        ("POST", "/internal/progress"),
        ("POST", "/sdapi/v1/jobs/x/cancel"),
        ("POST", "/sdapi/v1/jobs/x/interrupt"),
        ("POST", "/sdapi/v1/jobs/x/ticket"),
        ("DELETE", "/sdapi/v1/jobs/x"),
    ],
)
def test_what_acts_on_jobs_costs_nothing(method: str, path: str, server: Server) -> None:
    entry = entry_of({**scope(method, path), "app": server.app})
    assert (entry.role, entry.costs) == (Role.USER, False)
