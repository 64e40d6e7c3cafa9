"""Paths in another letter case lead to their routes, and nowhere else."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from starlette.websockets import WebSocket

from sdapi.http.declared import Door, speaks
from sdapi.http.dialect import PLAIN, Dialect

LOOSE = Dialect(name="loose", say=PLAIN.say, any_case=True)
STRICT = Dialect(name="strict", say=PLAIN.say)


def make_door() -> Door:
    loose = APIRouter(prefix="/API", dependencies=[speaks(LOOSE)])
    strict = APIRouter(prefix="/api/v1", dependencies=[speaks(STRICT)])

    async def nothing() -> None: ...

    async def live(socket: WebSocket) -> None: ...

    loose.add_api_route("/ListImages", nothing, methods=["POST"])
    loose.add_api_websocket_route("/LiveWS", live)
    loose.add_api_route("/Get/{name}", nothing)
    loose.add_api_route("/{name}", nothing)
    strict.add_api_route("/ListImages", nothing)
    return Door((loose, strict), PLAIN)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("/API/ListImages", "/API/ListImages"),
        ("/api/listimages", "/API/ListImages"),
        ("/Api/LIVEws", "/API/LiveWS"),
        ("/api/get/Some Name", "/API/Get/Some Name"),
        ("/api/Nobody", "/API/Nobody"),
        ("/api/v1/listimages", "/api/v1/listimages"),
        ("/sdapi/v1/X", "/sdapi/v1/X"),
        ("/", "/"),
    ],
)
def test_letter_case_counts_only_where_it_must(sent: str, meant: str) -> None:
    door = make_door()
    assert door.spelled({"path": sent, "root_path": ""}) == meant
    assert door.spelled({"path": f"/sub{sent}", "root_path": "/sub"}) == f"/sub{meant}"


def test_the_document_asks_for_a_paths_dialect() -> None:
    door = make_door()
    assert door.dialect_of_path("/API/ListImages") is LOOSE
    assert door.dialect_of_path("/nothing") is PLAIN
