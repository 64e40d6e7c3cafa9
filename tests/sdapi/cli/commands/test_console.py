"""The progress bar: drawn in place on a terminal, one line elsewhere."""

from __future__ import annotations

from io import StringIO

from pipelines.contract.progress import Progress
from sdapi.cli.commands.console import ProgressBar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_is_redrawn_on_a_terminal() -> None:
    stream = Terminal()
    bar = ProgressBar(stream=stream)
    bar(Progress(step=5, steps=20, batch_count=1))
    bar(Progress(step=10, steps=20, batch_count=2, batch=1))
    bar.end()
    first, second, last = stream.getvalue().split("\r")[1:]
    assert "5/20" in first
    assert "10/20 steps batch 2/2" in second
    assert "20/20" in last
    assert last.endswith("\n")


def test_elsewhere_only_the_end_is_printed() -> None:
    stream = StringIO()
    bar = ProgressBar(stream=stream)
    bar(Progress(step=1, steps=2))
    assert stream.getvalue() == ""
    bar.end()
    assert stream.getvalue().count("\n") == 1
    assert "2/2" in stream.getvalue()


def test_quiet_bar_and_unknown_length_print_nothing() -> None:
    stream = Terminal()
    quiet, idle = ProgressBar(stream=stream, quiet=True), ProgressBar(stream=stream)
    quiet(Progress(step=1, steps=2))
    quiet.end()
    idle(Progress())
    idle.end()
    assert stream.getvalue() == ""
