"""The line of extras is HTML for A1111's clients, in answers and in results of jobs."""

from __future__ import annotations

from sdapi.dialects.a1111.results import adds, html_info
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png


def test_a_line_is_a_paragraph() -> None:
    assert html_info("") == "<p></p>"
    assert html_info("a: <b>\nc & d") == "<p>a: &lt;b&gt;<br>\nc &amp; d</p>"


def test_other_results_get_nothing() -> None:
    assert adds({"caption": "a cat"}) == {}


def test_a_job_that_is_asked_for_by_its_id_has_it_too(server: Server) -> None:
    server.client.post("/sdapi/v1/extra-single-image", json={"image": encode_base64(png())})
    job_id = server.jobs.submitted[-1][0]
    told = server.client.get(f"/sdapi/v1/jobs/{job_id}/result").json()
    assert (told["postprocessing"], told["html_info"]) == ("a <b>", "<p>a &lt;b&gt;</p>")
