"""JSON is read whatever it is called."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from sdapi.http.json_route import JsonRoute


class Body(BaseModel):
    number: int = 0


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/json"])
def test_any_content_type_is_json(kind: str) -> None:
    router, app = APIRouter(prefix="/x", route_class=JsonRoute), FastAPI()

    async def read(body: Body | None = None) -> int:
        return -1 if body is None else body.number

    router.add_api_route("/y", read, methods=["POST"])
    app.include_router(router)
    client, headers = TestClient(app), {"Content-Type": kind} if kind else {}
    assert client.post("/x/y", content=b'{"number": 7}', headers=headers).json() == 7
    assert client.post("/x/y", content=b"", headers=headers).json() == -1
    assert client.post("/x/y", content=b"{", headers=headers).status_code == 422
