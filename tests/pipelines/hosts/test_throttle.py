"""Progress that comes too fast is held back; ends, previews and the last of a burst are not lost."""

from __future__ import annotations

from queue import Empty, SimpleQueue

from pipelines.contract.progress import Progress
from pipelines.hosts.protocol import Advanced
from pipelines.hosts.throttle import Throttle

FOREVER = 3600.0
SOON = 20.0


class Outbox:
    """The messages that were sent, to be waited for."""

    def __init__(self) -> None:
        self._sent: SimpleQueue[Advanced] = SimpleQueue()

    def put(self, message: Advanced) -> None:
        self._sent.put(message)

    def next(self) -> tuple[str, Progress]:
        """Wait for the next message."""
        message = self._sent.get(timeout=SOON)
        return message.job_id, message.progress

    def empty(self) -> bool:
        """True if nothing comes for a moment."""
        try:
            self._sent.get(timeout=0.05)
        except Empty:
            return True
        return False


def test_the_first_is_sent_at_once_and_a_burst_by_its_last() -> None:
    sent = Outbox()
    throttle = Throttle(sent.put, FOREVER)
    throttle.tell("a", Progress(step=1))
    assert sent.next() == ("a", Progress(step=1))
    for step in range(2, 9):
        throttle.tell("a", Progress(step=step))
    assert sent.empty()
    throttle.flush("a")
    assert sent.next() == ("a", Progress(step=8))
    assert sent.empty()


def test_the_last_of_a_burst_needs_no_flush() -> None:
    sent = Outbox()
    throttle = Throttle(sent.put, 0.001)
    throttle.tell("a", Progress(step=1))
    throttle.tell("a", Progress(step=2))
    steps = [sent.next()[1].step]
    if steps == [1]:
        steps.append(sent.next()[1].step)
    assert steps[-1] == 2


def test_a_flush_sends_its_own_job_only() -> None:
    sent = Outbox()
    throttle = Throttle(sent.put, FOREVER)
    throttle.tell("x", Progress())
    sent.next()
    throttle.tell("a", Progress(step=1))
    throttle.tell("b", Progress(step=2))
    throttle.flush("b")
    assert sent.next() == ("b", Progress(step=2))
    throttle.flush("b")
    assert sent.empty()


def test_a_preview_is_sent_once_for_each_number() -> None:
    sent = Outbox()
    throttle = Throttle(sent.put, FOREVER)
    first = Progress(step=1, preview=b"one", preview_id=1)
    throttle.tell("a", first)
    assert sent.next() == ("a", first)
    for news, expected in (
        (Progress(step=2, preview=b"one", preview_id=1), None),
        (Progress(step=3, preview=b"two", preview_id=2), b"two"),
    ):
        throttle.tell("a", news)
        with throttle._changed:  # pyright: ignore[reportPrivateUsage]
            throttle._send_waiting("a")  # pyright: ignore[reportPrivateUsage]
        assert sent.next()[1].preview == expected


def test_a_job_that_comes_back_sends_its_preview_anew() -> None:
    sent = Outbox()
    throttle = Throttle(sent.put, FOREVER)
    news = Progress(preview=b"one", preview_id=1)
    throttle.tell("a", news)
    sent.next()
    throttle.flush("a")
    throttle.tell("a", news)
    throttle.flush("a")
    assert sent.next()[1].preview == b"one"
