"""The short kinds of work pause before they begin, so that a cancelled one does nothing."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import TypeVar, cast

import pytest

from pipelines.contract.errors import Cancelled, MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest, LoadCheckpointRequest, UnloadRequest
from pipelines.contract.results import CheckpointResult, TextResult
from pipelines.denoising.work import Pause, Work
from pipelines.engine.upkeep import describe_picture, load_checkpoint, unload
from pipelines.generation.context import WorkContext

T = TypeVar("T")


class Services:
    """Notes what is done; a caption takes two pieces."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.interrogator = SimpleNamespace(describe=self.describe)

    def describe(self, request: CaptionRequest) -> Generator[None, None, str]:
        if request.model == "deepdanbooru":
            raise MissingWeights("no tags")
        yield
        yield
        return f"a {request.model} caption"

    def load_checkpoint(self, path: str, options: GenerationOptions) -> SimpleNamespace:
        self.done.append((path, options))
        return SimpleNamespace(sha256="abc")

    def unload(self) -> None:
        self.done.append("unloaded")


class Reporter:
    """Notes the names of jobs."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, int]] = []

    def job(self, name: str, *, batches: int) -> None:
        self.jobs.append((name, batches))


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def reporter() -> Reporter:
    return Reporter()


@pytest.fixture
def context(services: Services, reporter: Reporter) -> WorkContext:
    return cast("WorkContext", SimpleNamespace(services=services, reporter=reporter))


def finished(work: Work[T]) -> tuple[int, T]:
    """Run work that only pauses; return the pauses and the result."""
    pauses = 0
    try:
        while True:
            assert isinstance(next(work), Pause)
            pauses += 1
    except StopIteration as end:
        result: T = end.value
        return pauses, result


def test_a_caption_pauses_between_its_pieces(context: WorkContext, reporter: Reporter) -> None:
    assert finished(describe_picture(CaptionRequest(image=b""), context)) == (
        3,
        TextResult(text="a clip caption"),
    )
    assert reporter.jobs == [("interrogate", 1)]


def test_a_missing_captioner_is_an_error(context: WorkContext) -> None:
    with pytest.raises(MissingWeights):
        finished(describe_picture(CaptionRequest(image=b"", model="deepdanbooru"), context))


def test_a_loaded_checkpoint_is_named_with_its_hash(context: WorkContext, services: Services) -> None:
    options = GenerationOptions(sd_vae="x")
    request = LoadCheckpointRequest(checkpoint="/m/a.safetensors", options=options)
    result = CheckpointResult(checkpoint="/m/a.safetensors", sha256="abc")
    assert finished(load_checkpoint(request, context)) == (1, result)
    assert services.done == [("/m/a.safetensors", options)]


def test_unloading_leaves_no_checkpoint(context: WorkContext, services: Services) -> None:
    assert finished(unload(UnloadRequest(), context)) == (1, CheckpointResult(checkpoint=""))
    assert services.done == ["unloaded"]


def test_a_cancelled_job_loads_and_unloads_nothing(context: WorkContext, services: Services) -> None:
    for work in (
        load_checkpoint(LoadCheckpointRequest(checkpoint="x"), context),
        unload(UnloadRequest(), context),
    ):
        next(work)
        with pytest.raises(Cancelled):
            work.throw(Cancelled("the job was cancelled"))
    assert services.done == []
