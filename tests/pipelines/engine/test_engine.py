"""The engine: jobs alone and together, stopped, failing, and what they leave behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, NotFound, OutOfMemory, SdapiError
from pipelines.contract.options import GenerationOptions
from pipelines.contract.progress import Progress
from pipelines.contract.requests import GenerationRequest, Hires, Refiner, Seeds, UnloadRequest
from pipelines.contract.results import EngineResult, GenerationResult
from pipelines.denoising.work import Pause, Work
from pipelines.engine.engine import Engine, RunningJob
from pipelines.families.model import LoadedModel
from pipelines.generation.context import WorkContext
from tests.engines import engine_settings, make_engine, make_request, pixels

CPU_SHORTAGE = "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"
"""Torch's words on a CPU, in a plain RuntimeError."""


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


def run(engine: Engine, request: GenerationRequest) -> GenerationResult:
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


def run_together(engine: Engine, *requests: GenerationRequest) -> list[GenerationResult]:
    jobs: list[RunningJob] = [engine.start(str(i), r) for i, r in enumerate(requests)]
    while any(job.outcome is None for job in jobs):
        engine.step()
    engine.step()
    results: list[GenerationResult] = []
    for job in jobs:
        assert isinstance(job.outcome, GenerationResult)
        results.append(job.outcome)
    return results


def test_jobs_that_share_batches_make_the_pictures_they_make_alone(engine: Engine, models_dir: Path) -> None:
    requests = [
        make_request(models_dir),
        make_request(
            models_dir, prompt="a blue star", sampler="DPM++ 2M", scheduler="Karras", steps=6, cfg_scale=4.0
        ),
        make_request(
            models_dir, sampler="Euler a", seeds=Seeds(seed=9, subseed=1), negative_prompt="green, " * 40
        ),
    ]
    alone = [pixels(run(engine, request)) for request in requests]
    together = [pixels(result) for result in run_together(engine, *requests)]
    for one, shared in zip(alone, together, strict=True):
        assert np.abs(one - shared).max() <= 1


def test_jobs_with_different_networks_do_not_see_each_other(engine: Engine, models_dir: Path) -> None:
    plain = make_request(models_dir)
    changed = make_request(models_dir, prompt=f"{plain.prompt} <lora:tiny-lora-conv:0.9>")
    tiled = make_request(models_dir, tiling=True)
    alone = [pixels(run(engine, request)) for request in (plain, changed, tiled)]
    together = [pixels(result) for result in run_together(engine, plain, changed, tiled)]
    assert np.abs(alone[0] - alone[1]).max() > 8
    assert np.abs(alone[0] - alone[2]).max() > 8
    for one, shared in zip(alone, together, strict=True):
        assert np.abs(one - shared).max() <= 1


def test_networks_leave_the_weights_bit_identical(engine: Engine, models_dir: Path) -> None:
    request = make_request(models_dir)
    before = pixels(run(engine, request))
    model = engine.services.residency.current
    assert model is not None
    weights = {name: tensor.clone() for name, tensor in model.unet.state_dict().items()}
    run(engine, make_request(models_dir, prompt="a <lora:tiny-lora-unet-te:1> <hypernet:tinyhn:1> circle"))
    assert np.array_equal(pixels(run(engine, request)), before)
    assert all(torch.equal(weights[name], tensor) for name, tensor in model.unet.state_dict().items())


def test_it_says_which_checkpoint_is_loaded(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    other = str(tmp_path / "other.safetensors")
    request = make_request(models_dir, steps=2, refiner=Refiner(checkpoint=other, switch_at=0.5))
    shutil.copy(request.checkpoint, other)
    engine.run(request)
    assert engine.resident == (request.checkpoint, other)
    engine.run(UnloadRequest())
    assert engine.resident == ()


def test_what_is_kept_for_no_time_is_not_loaded_when_it_rests(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    engine.start("job", make_request(models_dir, steps=1, keep_alive=0.0))
    while engine.jobs:
        assert engine.resident
        engine.step()
    engine.rest()
    assert engine.resident == ()


def test_progress_counts_batches_and_steps(engine: Engine, models_dir: Path) -> None:
    seen: list[Progress] = []
    request = make_request(models_dir, batch_count=2, hires=Hires(scale=1.5), denoising_strength=0.5)
    engine.run(request, on_progress=seen.append)
    assert seen[0].batch_count == -1
    assert seen[-1].batch_count == seen[-1].batch == 4
    assert {p.steps for p in seen} >= {4}
    assert max(p.step for p in seen) == 3


def test_previews_are_pictures(engine: Engine, models_dir: Path) -> None:
    request = make_request(models_dir, steps=10)
    seen: list[Progress] = []
    engine.run(request, on_progress=seen.append)
    previews = {p.preview for p in seen if p.preview}
    assert len(previews) == 1
    assert all(preview.startswith(b"\x89PNG") for preview in previews)


@pytest.mark.parametrize("action", [Action.INTERRUPT, Action.SKIP])
def test_a_stopped_job_answers_what_it_has(engine: Engine, models_dir: Path, action: Action) -> None:
    control = JobControl()

    def stop(progress: Progress) -> None:
        if progress.step == 1 and progress.batch == 0:
            control.ask(action)

    result = engine.run(make_request(models_dir, batch_count=2), control=control, on_progress=stop)
    assert isinstance(result, GenerationResult)
    assert len(result.images) == (1 if action is Action.INTERRUPT else 2)


def test_a_cancelled_job_answers_nothing(engine: Engine, models_dir: Path) -> None:
    control = JobControl()
    control.ask(Action.CANCEL)
    with pytest.raises(Cancelled):
        engine.run(make_request(models_dir), control=control)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("out of memory"), RuntimeError(CPU_SHORTAGE)])
def test_too_little_memory_fails_one_job_and_spoils_nothing(
    engine: Engine, models_dir: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    request = make_request(models_dir)
    before = pixels(run(engine, request))

    def exhausted(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(LoadedModel, "predict", exhausted)
        with pytest.raises(OutOfMemory, match="smaller size"):
            engine.run(request)
    assert np.array_equal(pixels(run(engine, request)), before)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (MemoryError(), OutOfMemory, "smaller size"),
        (torch.OutOfMemoryError("no"), OutOfMemory, "smaller size"),
        (RuntimeError(CPU_SHORTAGE), OutOfMemory, "smaller size"),
        (OverflowError("int too large"), InvalidRequest, "int too large"),
        (RuntimeError("shapes differ"), SdapiError, "RuntimeError: shapes differ"),
        (NotFound("no such style"), NotFound, "no such style"),
    ],
)
def test_errors_of_work_are_outcomes(error: Exception, kind: type[SdapiError], words: str) -> None:
    def fail() -> Work[EngineResult]:
        yield Pause()
        raise error

    ended: list[str] = []
    context = SimpleNamespace(control=JobControl(), reporter=SimpleNamespace(end=lambda: ended.append("end")))
    job = RunningJob(id="j", request=UnloadRequest(), work=fail(), context=cast("WorkContext", context))
    job.advance()
    assert (job.outcome, ended) == (None, [])
    job.pass_pause()
    assert isinstance(job.outcome, SdapiError)
    assert type(job.outcome) is kind
    assert words in job.outcome.message
    assert (job.waiting, ended) == (None, ["end"])


def test_a_bug_in_one_job_is_told_as_such(
    engine: Engine, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("oops")

    with monkeypatch.context() as patch:
        patch.setattr(LoadedModel, "decode", broken)
        with pytest.raises(SdapiError, match="KeyError") as caught:
            engine.run(make_request(models_dir))
    assert caught.value.status == 500
    assert len(run(engine, make_request(models_dir)).images) == 1


def test_impossible_sizes_name_the_field(engine: Engine, models_dir: Path) -> None:
    with pytest.raises(InvalidRequest) as caught:
        engine.run(make_request(models_dir, height=4))
    assert caught.value.field == "height"


@pytest.mark.slow
def test_a_compiled_unet_draws_the_same_pictures(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    compiled = Engine(engine_settings(models_dir, tmp_path, compile_unet=True))
    changes = ({}, {"prompt": "a <lora:tiny-lora-conv:1>"}, {"width": 96}, {"tiling": True})
    for change in changes:
        request = make_request(models_dir, **change)
        ours, theirs = (pixels(run(one, request)).astype(int) for one in (compiled, engine))
        assert np.abs(ours - theirs).max() <= 1, change
    compiled.close()


@pytest.fixture
def own_models(models_dir: Path, tmp_path: Path) -> Path:
    """A models folder that a test may add to."""
    for path in models_dir.rglob("*.*"):
        place = tmp_path / "models" / path.relative_to(models_dir)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path)
    (tmp_path / "models" / "VAE").mkdir(exist_ok=True)
    return tmp_path / "models"


def test_files_that_come_while_it_runs_are_used(own_models: Path, tmp_path: Path) -> None:
    engine = make_engine(own_models, tmp_path)
    plain = run(engine, make_request(own_models))
    tensors = load_file(own_models / "Stable-diffusion" / "tiny-sd1.safetensors")
    prefix = "first_stage_model."
    vae = {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
    vae["decoder.conv_out.bias"] = vae["decoder.conv_out.bias"] + 1
    save_file(vae, own_models / "VAE" / "late.safetensors")
    shutil.copy(own_models / "Lora" / "tiny-lora-conv.safetensors", own_models / "Lora" / "late.safetensors")
    shutil.copy(own_models / "hypernetworks" / "tinyhn.pt", own_models / "hypernetworks" / "late.pt")
    for changes in (
        {"options": GenerationOptions(sd_vae="late.safetensors")},
        {"prompt": "a red circle <lora:late:1>"},
        {"prompt": "a red circle <hypernet:late:1>"},
    ):
        result = run(engine, make_request(own_models, **changes))
        assert result.warnings == ()
        assert np.abs(pixels(result) - pixels(plain)).max() > 5
    engine.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_weights_of_upscalers_count_and_leave(own_models: Path, parity_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(parity_dir / "models" / "ESRGAN", own_models / "ESRGAN")
    engine = make_engine(own_models, tmp_path)
    hires = make_request(own_models, hires=Hires(scale=1.5, upscaler="tiny-esrgan"), denoising_strength=0.5)
    run(engine, hires)
    weights, residency = engine.services.weights, engine.services.residency
    assert weights.bytes > 0
    assert residency.budget.used >= residency.bytes + weights.bytes
    residency.budget.limit = residency.budget.used
    residency.budget.make_room(1)
    assert weights.bytes == 0
    run(engine, hires)
    engine.run(UnloadRequest())
    assert (weights.bytes, residency.budget.used) == (0, 0)
    engine.close()
