"""Figures of stages and of shared batches."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.progress import Progress
from pipelines.jobs.events import Happening
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.operations.metrics import Metrics
from tests.sdapi.fakes import FakeJobs


def test_stages_of_ended_jobs_are_counted_by_kind() -> None:
    jobs = FakeJobs()
    metrics = Metrics(jobs)
    progress = Progress(seconds={"denoise": 2.0, "decode": 0.3})
    job = JobView(id="a", kind="txt2img", state=JobState.DONE, progress=progress)
    jobs.events.tell(Happening.ENDED, job)
    jobs.events.tell(Happening.ENDED, replace(job, progress=Progress(seconds={"denoise": 1.0})))
    text = metrics.text().decode()
    assert 'sdapi_job_stage_seconds_sum{kind="txt2img",stage="denoise"} 3.0' in text
    assert 'sdapi_job_stage_seconds_count{kind="txt2img",stage="decode"} 1.0' in text


def test_network_calls_are_counted_by_the_jobs_that_share_them() -> None:
    text = Metrics(FakeJobs()).text().decode()
    assert 'sdapi_engine_calls_total{device="cuda:0",engine="0",jobs="1"} 7.0' in text
    assert 'sdapi_engine_calls_total{device="cuda:0",engine="0",jobs="3"} 2.0' in text
