"""Upscaling a picture in tiles lets other jobs on the device go on."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

from pipelines.catalog.upscalers import UpscalerEntry
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import ExtrasRequest
from pipelines.contract.results import ExtrasResult
from pipelines.engine.engine import Engine
from pipelines.postprocess.upscale.upscalers import Upscalers
from tests.engines import make_engine

OPTIONS = GenerationOptions(ESRGAN_tile=16, ESRGAN_tile_overlap=0)


class Doubling:
    """A network that repeats pixels."""

    scale = 2

    def __init__(self) -> None:
        self.tiles = 0

    def __call__(self, image: Tensor, /) -> Tensor:
        self.tiles += 1
        return image.repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Doubling:
    """The network of the upscaler called ``Doubling``; all others are Lanczos."""
    doubling = Doubling()

    def find(self: Upscalers, name: str) -> UpscalerEntry:
        own = name == "Doubling"
        return UpscalerEntry(name=name, kind="esrgan" if own else "lanczos", path=Path(name))

    monkeypatch.setattr(Upscalers, "_find", find)
    monkeypatch.setattr(Upscalers, "_network", lambda self, path, holder: doubling)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    return doubling


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return make_engine(models_dir, tmp_path_factory.mktemp("data"))


def picture() -> Image.Image:
    return Image.fromarray(np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3))


def request(upscaler: str) -> ExtrasRequest:
    buffer = io.BytesIO()
    picture().save(buffer, "PNG")
    return ExtrasRequest(images=(buffer.getvalue(),), upscaler_1=upscaler, options=OPTIONS)


def test_a_job_beside_it_ends_while_tiles_are_made(engine: Engine, network: Doubling) -> None:
    jobs = [engine.start("large", request("Doubling")), engine.start("small", request("Lanczos"))]
    ended: list[str] = []
    while engine.jobs:
        ended += [job.id for job in engine.step()]
    assert (ended, network.tiles) == (["small", "large"], 12)
    assert isinstance(jobs[0].outcome, ExtrasResult)
    with Image.open(io.BytesIO(jobs[0].outcome.images[0])) as made:
        whole = engine.services.upscalers.get("Doubling", OPTIONS)(picture(), 2.0)
        assert np.array_equal(np.asarray(made), np.asarray(whole))


def test_it_ends_at_the_next_tile_when_it_is_given_up(engine: Engine, network: Doubling) -> None:
    control = JobControl()
    job = engine.start("given up", request("Doubling"), control=control)
    while network.tiles < 3:
        engine.step()
    control.ask(Action.CANCEL)
    assert engine.step() == [job]
    assert isinstance(job.outcome, Cancelled)
    assert network.tiles == 3
