"""Links hold the server's address and prefix, and can be used as they are."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import GenerationResult
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from tests.sdapi import fakes
from tests.sdapi.conftest import MakeServer
from tests.sdapi.fakes import png

JOB_ID = "task(1)/ü x"


@pytest.mark.parametrize(
    ("flags", "root"), [({}, ""), ({"subpath": "sd"}, "/sd"), ({"subpath": "/a/b"}, "/a/b")]
)
def test_links_of_a_job_are_followed(flags: dict[str, Any], root: str, make_server: MakeServer) -> None:
    server = make_server(**flags)
    body = {"force_task_id": JOB_ID, "steps": 1}
    answer = server.client.post(f"{root}/sdapi/v1/txt2img?async=1", json=body)
    server.jobs.view = JobView(id=JOB_ID, state=JobState.DONE, active=False)
    links = answer.json()["links"]
    assert answer.headers["location"] == links["job"]
    for link in links.values():
        assert link.startswith(f"http://testserver{root}/sdapi/v1/jobs/task(1)%2F")
        assert server.client.get(link).status_code == 200
    ended = server.client.get(links["events"]).text
    assert links["result"] in ended


def test_the_address_is_the_one_that_was_asked(make_server: MakeServer) -> None:
    headers = {"Host": "localhost:7861"}
    answer = make_server().client.post("/sdapi/v1/txt2img?async=1", json={}, headers=headers)
    assert answer.json()["links"]["job"].startswith("http://localhost:7861/sdapi/v1/jobs/")


@pytest.mark.parametrize("subpath", ["", "sd"])
def test_saved_pictures_are_served_at_their_links(
    subpath: str, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server(subpath=subpath)
    file = server.data / "outputs" / "a #?+&ü.png"
    file.parent.mkdir()
    file.write_bytes(png())

    def saved(request: EngineRequest) -> GenerationResult:
        return GenerationResult(images=(png(),), info={}, files=(str(file),))

    monkeypatch.setattr(fakes, "answer", saved)
    server.client.post("/sdapi/v1/txt2img", json={"force_task_id": "x"})
    result = server.client.get("/sdapi/v1/jobs/x/result?form=url").json()
    assert (result["images"], result["warnings"]) == ([], [])
    (link,) = result["files"]
    assert link.startswith(f"http://testserver/{subpath}".rstrip("/") + "/file=")
    assert server.client.get(link).content == png()
