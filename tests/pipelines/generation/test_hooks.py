"""Hooks answer in the order of registration, and may be work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from torch import Tensor, zeros

from pipelines.contract.requests import Img2Img, Inpaint
from pipelines.contract.results import GenerationResult
from pipelines.denoising.denoiser import Predictor, Switch
from pipelines.denoising.model_call import CallHook
from pipelines.denoising.work import Pause, Work
from pipelines.engine.engine import Engine
from pipelines.extending.extension_packages import add_extensions
from pipelines.generation.hooks import (
    Hooks,
    MakePredictor,
    NoiseHook,
    Overlays,
    Pairs,
    PictureHook,
    PromptsHook,
    early_hook,
    hook,
)
from pipelines.generation.job import GenerationJob
from pipelines.generation.plan import Plan
from pipelines.generation.sampling_pass import SamplingPass
from pipelines.pictures.encode import encode_picture
from tests.data_extensions import forgotten, package
from tests.engines import make_engine, make_request, pixels
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
        """Append its name to the time stamp of the extension before it."""
        return replace(job.plan, timestamp=f"{job.plan.timestamp}{self.name}")

    @hook
    def begin_job(self, job: GenerationJob) -> Work[None]:
        """Pause once, then warn by its name."""
        yield Pause()
        job.warn(self.name)

    @hook
    def picture_hook(self, job: GenerationJob) -> PictureHook:
        """Leave pictures as they are."""
        return lambda image, index: image

    @hook
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image]:
        """Return a picture as wide as the name is long."""
        return [Image.new("RGB", (len(self.name), 1))]

    @hook
    def placed_pairs(self, job: GenerationJob, index: int) -> Pairs:
        """Return one pair, of its name."""
        return {"Stamp": self.name}

    @hook
    def mask_hook(self, job: GenerationJob) -> Any:
        """Return a word in place of a function."""
        return self.name

    @hook
    def end_job(self, job: GenerationJob) -> None:
        """Count its ends."""
        self.ended += 1


class Early:
    """An extension that comes first, whenever it was registered."""

    @early_hook
    def plan_hook(self, job: GenerationJob) -> Plan:
        """Append a word to the time stamp."""
        return replace(job.plan, timestamp=f"{job.plan.timestamp}early ")

    @early_hook
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image]:
        """Return a picture that is nine wide."""
        return [Image.new("RGB", (9, 1))]


class Silent:
    """An extension whose hook answers None."""

    @hook
    def plan_hook(self, job: GenerationJob) -> None:
        """Return None, which leaves the plan as it is."""


@pytest.fixture
def hooks() -> Hooks:
    made = Hooks()
    for plugin in (Stamps("a"), Silent(), Stamps("bb")):
        made.register(plugin)
    return made


def ran_out(work: Work[Any]) -> tuple[Any, int]:
    """Return the result of work, and the number of its steps."""
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
    assert [image.width for image in ran_out(hooks.extra_pictures(job))[0]] == [1, 2]
    assert len(hooks.picture_hooks(job)) == 2
    assert hooks.placed_pairs(job, 0)["Stamp"] == "bb"


def test_early_hooks_answer_before_all_others(hooks: Hooks, job: GenerationJob) -> None:
    hooks.register(Early())
    assert [image.width for image in ran_out(hooks.extra_pictures(job))[0]] == [9, 1, 2]
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


class Patient:
    """Answers what it was given, after a pause, wherever an answer may be work."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def _later(self, name: str, value: Any) -> Work[Any]:
        self.said.append(name)
        yield Pause()
        return value

    @hook
    def begin_pass(self, job: GenerationJob, sampling: SamplingPass) -> Work[CallHook | None]:
        """Calls as they are."""
        return self._later("begin_pass", lambda call: call)  # pyright: ignore[reportUnknownLambdaType]

    @hook
    def prompts_hook(self, job: GenerationJob, sampling: SamplingPass) -> PromptsHook:
        """Prompts as they are."""
        return lambda prompts: self._later("prompts_hook", prompts)

    @hook
    def noise_hook(self, job: GenerationJob, sampling: SamplingPass) -> NoiseHook:
        """Noise as it is."""
        return lambda noise: self._later("noise_hook", noise)

    @hook
    def switch_hook(self, job: GenerationJob, make: MakePredictor) -> Switch:
        """The checkpoint's own network, made anew at every call."""

        def switch(state: Predictor, sigma: Tensor, call: int) -> Predictor | Work[Predictor]:
            return make(state.model, False)

        return switch

    @hook
    def overlay_hook(self, job: GenerationJob) -> Work[Overlays | None]:
        """Return work that ends with None, which means the usual ones."""
        return self._later("overlay_hook", None)

    @hook
    def extra_pictures(self, job: GenerationJob) -> Work[Sequence[Image.Image] | None]:
        """Return work that ends with one picture."""
        return self._later("extra_pictures", [Image.new("RGB", (8, 8))])


@pytest.mark.parametrize("repaints", [False, True])
def test_answers_that_are_work_are_carried_out(models_dir: Path, tmp_path: Path, repaints: bool) -> None:
    engine, patient = make_engine(models_dir, tmp_path), Patient()
    request = make_request(models_dir, steps=2)
    if repaints:
        picture = encode_picture(Image.new("RGB", (64, 64), (200, 0, 0)), "png")
        mask = encode_picture(Image.new("L", (64, 64), 255), "png")
        request = replace(request, img2img=Img2Img(images=(picture,), inpaint=Inpaint(mask=mask)))
    plain = engine.run(request)
    engine.services.hooks.register(patient)
    later = engine.run(request)
    engine.close()
    assert isinstance(plain, GenerationResult) and isinstance(later, GenerationResult)
    assert (len(plain.images), len(later.images)) == (1, 2)
    assert np.array_equal(pixels(plain), pixels(later))
    asked = {"begin_pass", "prompts_hook", "noise_hook", "extra_pictures"}
    assert set(patient.said) == (asked | {"overlay_hook"} if repaints else asked)
    assert patient.said.count("prompts_hook") > 1  # once more whenever the network is made anew


def test_of_overlays_the_first_that_there_are_counts(job: GenerationJob) -> None:
    class Lays:
        def __init__(self, answer: Any) -> None:
            self.answer = answer

        @hook
        def overlay_hook(self, job: GenerationJob) -> Any:
            return self.answer

    def none() -> Work[None]:
        yield Pause()

    made = Hooks()
    for answer in (none(), None, ["first"], ["second"]):
        made.register(Lays(answer))
    start: Any = SimpleNamespace(mask=None)
    found, steps = ran_out(made.overlays(job, start, zeros(1, 4, 8, 8)))
    assert (found, steps) == (["first"], 1)


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
