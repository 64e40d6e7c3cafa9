"""Jobs by their ids."""

from __future__ import annotations

from pipelines.contract.failure import Failure
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png


def test_list_and_one(server: Server) -> None:
    failure = Failure(kind="OutOfMemory", message="no room")
    server.jobs.view = JobView(id="x", active=False, state=JobState.FAILED, kind="txt2img", failure=failure)
    (row,) = server.client.get("/sdapi/v1/jobs").json()["jobs"]
    assert (row["id"], row["state"], row["progress"]) == ("x", "failed", 1.0)
    assert row["error"] == {"kind": "OutOfMemory", "message": "no room", "field": None}
    assert server.client.get("/sdapi/v1/jobs/x").json() == row
    assert server.client.get("/sdapi/v1/jobs/y").status_code == 404


def test_result_again(server: Server) -> None:
    server.client.post("/sdapi/v1/txt2img", json={"force_task_id": "mine"})
    answer = server.client.get("/sdapi/v1/jobs/mine/result").json()
    assert (len(answer["images"]), answer["id"]) == (1, "mine")
    server.client.post("/sdapi/v1/unload-checkpoint")
    unload = server.jobs.submitted[-1][0]
    assert server.client.get(f"/sdapi/v1/jobs/{unload}/result").status_code == 404


def test_interrupt_and_cancel(server: Server) -> None:
    server.jobs.view = JobView(id="x")
    assert server.client.post("/sdapi/v1/jobs/x/interrupt").json() == {"id": "x", "changed": True}
    assert server.client.post("/sdapi/v1/jobs/x/cancel").json() == {"id": "x", "changed": True}
    assert server.jobs.calls == ["interrupt", "cancel x"]
    assert server.client.post("/sdapi/v1/jobs/y/cancel").status_code == 404


def test_pictures_of_extras_are_those_of_the_engine(server: Server) -> None:

    picture = encode_base64(png())
    single = server.client.post("/sdapi/v1/extra-single-image", json={"image": picture}).json()
    assert (single["html_info"], single["image"]) == ("<p>a &lt;b&gt;</p>", picture)
    files = [{"data": picture, "name": "a"}, {"data": f"data:image/png;base64,{picture}", "name": ""}]
    batch = server.client.post("/sdapi/v1/extra-batch-images", json={"imageList": files}).json()
    assert list(batch)[:2] == ["html_info", "images"]
    assert batch["images"] == [picture, picture]


def test_extras_name_what_is_wrong(server: Server) -> None:

    body = {"image": encode_base64(png()), "upscaler_1": "nope"}
    answer = server.client.post("/sdapi/v1/extra-single-image", json=body)
    assert answer.status_code == 422
    assert "could not find upscaler named nope" in answer.json()["detail"]
    wrong = [{"data": "x", "name": "a"}]
    answer = server.client.post("/sdapi/v1/extra-batch-images", json={"imageList": wrong})
    assert "imageList.0.data" in answer.json()["errors"]


def test_interrogate(server: Server) -> None:

    answer = server.client.post("/sdapi/v1/interrogate", json={"image": encode_base64(png())})
    assert answer.json()["caption"] == "a red square"
