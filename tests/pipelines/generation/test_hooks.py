"""Hooks answer in the order of registration, and may be work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.denoising.work import Pause, Work
from pipelines.engine.engine import Engine
from pipelines.extending.extension_packages import add_extensions
from pipelines.generation.hooks import Hooks, Pairs, PictureHook, early_hook, hook
from pipelines.generation.job import GenerationJob
from pipelines.generation.plan import Plan
from tests.data_extensions import forgotten, package
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import job_of


@pytest.fixture(scope="module")
def job(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GenerationJob]:
    engine: Engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield job_of(engine, make_request(models_dir))
    engine.close()


class Stamps:
    """An extension that answers a few hooks by its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ended = 0

    @hook
    def plan_hook(self, job: GenerationJob) -> Plan:
        """Another time stamp, made from that of whoever came before."""
        return replace(job.plan, timestamp=f"{job.plan.timestamp}{self.name}")

    @hook
    def begin_job(self, job: GenerationJob) -> Work[None]:
        """Pause once."""
        yield Pause()
        job.warn(self.name)

    @hook
    def picture_hook(self, job: GenerationJob) -> PictureHook:
        """Leave pictures as they are."""
        return lambda image, index: image

    @hook
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image]:
        """One as wide as the name is long."""
        return [Image.new("RGB", (len(self.name), 1))]

    @hook
    def placed_pairs(self, job: GenerationJob, index: int) -> Pairs:
        """One pair."""
        return {"Stamp": self.name}

    @hook
    def mask_hook(self, job: GenerationJob) -> Any:
        """A word in place of a function."""
        return self.name

    @hook
    def end_job(self, job: GenerationJob) -> None:
        """Count."""
        self.ended += 1


class Early:
    """An extension that comes first, whenever it was registered."""

    @early_hook
    def plan_hook(self, job: GenerationJob) -> Plan:
        """Another time stamp."""
        return replace(job.plan, timestamp=f"{job.plan.timestamp}early ")

    @early_hook
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image]:
        """One that is nine wide."""
        return [Image.new("RGB", (9, 1))]


class Silent:
    """An extension with nothing to say."""

    @hook
    def plan_hook(self, job: GenerationJob) -> None:
        """No other plan."""


@pytest.fixture
def hooks() -> Hooks:
    made = Hooks()
    for plugin in (Stamps("a"), Silent(), Stamps("bb")):
        made.register(plugin)
    return made


def ran_out(work: Work[Any]) -> tuple[Any, int]:
    """What work returns, and how often it yielded."""
    steps = 0
    try:
        while True:
            next(work)
            steps += 1
    except StopIteration as finished:
        return finished.value, steps


def test_each_extension_plans_on_the_plan_of_those_before_it(hooks: Hooks, job: GenerationJob) -> None:
    timed = replace(job, plan=replace(job.plan, timestamp="now-"))
    planned, _ = ran_out(hooks.planned(timed))
    assert planned.plan.timestamp == "now-abb"
    assert timed.plan.timestamp == "now-"


def test_what_begins_may_be_work(hooks: Hooks, job: GenerationJob) -> None:
    _, steps = ran_out(hooks.begin_job(job))
    assert steps == 2
    assert [warning for warning in job.notes.warnings if warning in ("a", "bb")] == ["a", "bb"]


def test_answers_come_in_the_order_of_registration(hooks: Hooks, job: GenerationJob) -> None:
    assert [image.width for image in hooks.extra_pictures(job)] == [1, 2]
    assert len(hooks.picture_hooks(job)) == 2
    assert hooks.placed_pairs(job, 0)["Stamp"] == "bb"


def test_early_hooks_answer_before_all_others(hooks: Hooks, job: GenerationJob) -> None:
    hooks.register(Early())
    assert [image.width for image in hooks.extra_pictures(job)] == [9, 1, 2]
    planned, _ = ran_out(hooks.planned(replace(job, plan=replace(job.plan, timestamp=""))))
    assert planned.plan.timestamp == "early abb"


def test_of_what_can_be_only_one_the_first_counts(hooks: Hooks, job: GenerationJob) -> None:
    names: list[Any] = [hooks.mask(job)]
    assert names == ["a"]


def test_every_extension_ends(job: GenerationJob) -> None:
    made, plugins = Hooks(), (Stamps("a"), Stamps("b"))
    for plugin in plugins:
        made.register(plugin)
    made.end_job(job)
    assert [plugin.ended for plugin in plugins] == [1, 1]


def test_one_that_cannot_end_keeps_no_other_from_it(
    job: GenerationJob, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck:
        @hook
        def end_job(self) -> None:
            raise ValueError("stuck")

    made, after = Hooks(), Stamps("a")
    made.register(Stuck())
    made.register(after)
    made.end_job(job)
    assert after.ended == 1
    assert "is left out of the hook end_job" in caplog.text


MARKED = "from pipelines.plugin import Axis, hook\n\n@hook\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def end_job(jobs): ...", "jobs"),
        ("def end_jobs(job): ...", "unknown hook 'end_jobs'"),
        ("def end_job(job): ...\n\nraise SystemExit(1)", "SystemExit: 1"),
    ],
)
def test_one_that_cannot_be_asked_stops_no_engine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, reason: str
) -> None:
    with forgotten():
        package(tmp_path, "from_data_bad", engine=MARKED + text)
        package(tmp_path, "from_data_good", engine=MARKED + GOOD_AXES)
        add_extensions(tmp_path)
        made = Hooks(("from_data_bad", "from_data_good"))
        assert [axis.label for axis in made.axes()] == ["Good"]
        (line,) = caplog.messages
        assert line.startswith("extension from_data_bad is left out: ")
        assert reason in line and "engine.py" in line


GOOD_AXES = "def axes(): return [Axis(label='Good', kind='text')]"


@pytest.mark.parametrize("text", ["def axes(): return 1 / 0", "def axes(): return ['Word']"])
def test_one_whose_axes_fail_has_none(tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str) -> None:
    with forgotten():
        package(tmp_path, "from_data_bad", engine=MARKED + text)
        package(tmp_path, "from_data_good", engine=MARKED + GOOD_AXES)
        add_extensions(tmp_path)
        made = Hooks(("from_data_bad", "from_data_good"))
        assert [axis.label for axis in made.axes()] == ["Good"]
        assert caplog.messages == ["extension from_data_bad is left out of the hook axes"]
