"""An always-on script may run a generation of its own within the job."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.denoising.model_call import ModelCall
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from tests.contributor.toy_always_on import TITLE, OnceMore, OnceMoreApi, OnceMoreOptions
from tests.engines import make_engine, make_request
from tests.sdapi.fakes import FakeCatalog, FakeJobs


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


def test_its_option_reaches_it_typed(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    engine.services.hooks.register(OnceMore())
    script = ScriptCall(name=TITLE, args=("a blue square",))
    asked = make_request(models_dir, prompt="a red circle", steps=1, always_on=(script,))
    three = GenerationOptions(extension={"once_more_steps": 3})
    made = engine.run(replace(asked, options=three))
    expected = engine.run(replace(asked, prompt="a blue square", steps=3, always_on=()))
    with pytest.raises(InvalidRequest, match="between 0 and 150") as caught:
        engine.run(replace(asked, options=GenerationOptions(extension={"once_more_steps": 151})))
    engine.close()
    assert isinstance(made, GenerationResult)
    assert isinstance(expected, GenerationResult)
    assert pixels(made) == pixels(expected)
    assert caught.value.field == "options.once_more_steps"


def test_its_option_is_listed_and_sent_with_a_job(tmp_path: Path) -> None:
    hooks, jobs = ApiHooks(), FakeJobs()
    hooks.register(OnceMoreApi())
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "disable_all_extensions": True})
    client = TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog()), hooks=hooks))
    assert client.get("/sdapi/v1/options").json()["once_more_steps"] == 0
    body = {"override_settings": {"once_more_steps": 3.7}}
    assert client.post("/sdapi/v1/txt2img", json=body).status_code == 200
    assert OnceMoreOptions.of(jobs.generation.options) == OnceMoreOptions(once_more_steps=3)
    body = {"override_settings": {"once_more_steps": 151}}
    refused = client.post("/sdapi/v1/txt2img", json=body)
    assert refused.status_code == 422
    assert "once_more_steps" in refused.text


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
