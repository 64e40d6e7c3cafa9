"""Numbers of events: they grow with the job, and the end has one of its own."""

from __future__ import annotations

import pytest

from pipelines.contract.progress import Progress
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.jobs.events import event_number, message, read_number


def view(state: JobState, attempts: int = 0, batch: int = 0, step: int = 0, ended: float = 0.0) -> JobView:
    progress = Progress(batch=batch, step=step)
    return JobView(id="x", state=state, attempts=attempts, progress=progress, ended=ended)


def test_numbers_grow_until_the_end() -> None:
    moments = [
        view(JobState.QUEUED),
        view(JobState.RUNNING, 1),
        view(JobState.RUNNING, 1, step=1),
        view(JobState.RUNNING, 1, step=99_000),
        view(JobState.RUNNING, 1, batch=1),
        view(JobState.RUNNING, 1, batch=999_999, step=3),
        view(JobState.QUEUED, 1, batch=999_999, step=3),
        view(JobState.RUNNING, 2),
        view(JobState.FAILED, 2),
        view(JobState.DONE, 2, ended=1.8e9),
        view(JobState.DONE, 1, ended=1.8e9 + 0.001),
    ]
    numbers = [event_number(moment) for moment in moments]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 0


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 0), ("", 0), ("7", 7), ("-1", 0), ("1.5", 0), ("٣", 0), ("²", 0), ("9" * 5000, 0), ("x", 0)],
)
def test_what_no_stream_has_sent_is_nothing(text: str | None, number: int) -> None:
    assert read_number(text) == number


def test_an_event_has_id_name_and_data() -> None:
    assert message("state", {"a": "\n"}, 5) == b'id: 5\nevent: state\ndata: {"a":"\\n"}\n\n'
