"""Previews while a job samples: when one is begun, and when it is shown."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.options import OutputOptions
from pipelines.contract.progress import Progress
from pipelines.generation import previews
from pipelines.generation.previews import previewer
from tests.pipelines.jobs.helpers import make_request

OUTPUT = OutputOptions(show_progress_every_n_steps=2, live_previews_image_format="png")


@dataclass(slots=True)
class Screen:
    """A job's reporter; ``begun`` counts pictures on their way, which arrive while ``ready``."""

    state: Progress = field(default_factory=Progress)
    shown: list[bytes] = field(default_factory=list[bytes])
    pictures: int = 1
    ready: bool = True
    begun: int = 0

    def preview(self, picture: bytes) -> None:
        self.shown.append(picture)

    def images(self) -> list[Image.Image]:
        return [Image.new("RGB", (8, 4), "red")] * self.pictures

    @property
    def pixels(self) -> Screen:
        return self


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen()

    def begin(*arguments: object, **options: object) -> Screen:
        made.begun += 1
        return made

    monkeypatch.setattr(previews, "latent_previews", begin)
    return made


def job_of(screen: Screen, output: OutputOptions = OUTPUT) -> Any:
    request = replace(make_request(), output=output)
    return SimpleNamespace(request=request, reporter=screen, services=SimpleNamespace(tiny_models=None))


def shown_after(screen: Screen, steps: int, output: OutputOptions = OUTPUT, *, preview: object = "x") -> int:
    """Run a pass of some steps and return the number of pictures shown."""
    show = previewer(job_of(screen, output))
    assert show is not None
    denoiser: Any = SimpleNamespace(
        preview=preview, predictor=SimpleNamespace(model=SimpleNamespace(family=None))
    )
    for step in range(steps):
        screen.state = Progress(step=step)
        show(denoiser)
        show(denoiser)  # as samplers do that call the model twice a step
    return len(screen.shown)


@pytest.mark.parametrize("changes", [{"live_previews_enable": False}, {"show_progress_every_n_steps": 0}])
def test_previews_can_be_switched_off(screen: Screen, changes: dict[str, Any]) -> None:
    assert previewer(job_of(screen, replace(OUTPUT, **changes))) is None


@pytest.mark.parametrize(("every", "count"), [(1, 6), (2, 3), (4, 1), (7, 0)])
def test_every_nth_step_is_shown_once(screen: Screen, every: int, count: int) -> None:
    assert shown_after(screen, 6, replace(OUTPUT, show_progress_every_n_steps=every)) == count


def test_nothing_is_shown_before_there_is_something(screen: Screen) -> None:
    assert shown_after(screen, 6, preview=None) == 0


def test_a_picture_on_its_way_holds_back_the_next(screen: Screen) -> None:
    screen.ready = False
    assert shown_after(screen, 6) == 0
    assert screen.begun == 1


def test_a_late_picture_is_shown_at_the_next_step(screen: Screen) -> None:
    show = previewer(job_of(screen))
    assert show is not None
    denoiser: Any = SimpleNamespace(
        preview="x", predictor=SimpleNamespace(model=SimpleNamespace(family=None))
    )
    screen.state, screen.ready = Progress(step=1), False
    show(denoiser)
    assert screen.shown == []
    screen.state, screen.ready = Progress(step=2), True
    show(denoiser)
    assert len(screen.shown) == 1 and screen.begun == 1


@pytest.mark.parametrize(("grid", "size"), [(True, (16, 8)), (False, (8, 4))])
def test_several_pictures_are_a_grid_if_wanted(screen: Screen, grid: bool, size: tuple[int, int]) -> None:
    screen.pictures = 4
    shown_after(screen, 2, replace(OUTPUT, show_progress_grid=grid))
    with Image.open(io.BytesIO(screen.shown[0])) as picture:
        assert (picture.size, picture.format) == (size, "PNG")
