"""An always-on script may run a generation of its own within the job."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.denoising.model_call import ModelCall
from tests.contributor.toy_always_on import TITLE, OnceMore
from tests.engines import make_engine, make_request


def test_its_generation_takes_the_pictures_place(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    engine.services.hooks.register(OnceMore())
    request = make_request(models_dir, prompt="a red circle", steps=2)
    other = engine.run(replace(request, prompt="a blue square"))
    both = engine.run(replace(request, always_on=(ScriptCall(name=TITLE, args=("a blue square",)),)))
    engine.close()
    assert isinstance(other, GenerationResult)
    assert isinstance(both, GenerationResult)
    assert len(both.images) == 1
    assert "a red circle" in both.info["infotexts"][0]
    assert pixels(both) == pixels(other)


def test_cancelling_ends_the_inner_generation(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    engine.services.hooks.register(OnceMore())
    control = JobControl()
    script = ScriptCall(name=TITLE, args=("a blue square",))
    job = engine.start("job", make_request(models_dir, steps=2, always_on=(script,)), control=control)
    for _ in range(3):  # two steps of the first picture, one of the second
        engine.step()
    assert isinstance(job.waiting, ModelCall)
    control.ask(Action.CANCEL)
    while job.outcome is None:
        engine.step()
    engine.close()
    assert isinstance(job.outcome, Cancelled)


def test_its_errors_are_the_jobs(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    engine.services.hooks.register(OnceMore())
    script = ScriptCall(name=TITLE, args=("a blue square",))
    job = engine.start("job", make_request(models_dir, steps=1, width=4, always_on=(script,)))
    engine.close()
    assert isinstance(job.outcome, InvalidRequest)
    assert job.outcome.field == "width"


def pixels(result: GenerationResult) -> bytes:
    return Image.open(io.BytesIO(result.images[0])).tobytes()
