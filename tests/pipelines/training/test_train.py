"""Runs give the original's losses and vectors, can be ended, and leave the model as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, OverBudget
from pipelines.contract.options import GenerationOptions
from pipelines.contract.progress import Progress
from pipelines.contract.training import TrainingPreview, TrainRequest, TrainResult
from pipelines.engine.engine import Engine
from pipelines.families.model import LoadedModel
from tests.engines import engine_settings, make_engine, make_request
from tests.pipelines.training.runs import (
    RUNS,
    as_listed,
    losses_of,
    recorded_request,
    short_request,
    vectors_of,
)


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


def trained(engine: Engine, request: TrainRequest) -> TrainResult:
    result = engine.run(request)
    assert isinstance(result, TrainResult)
    return result


def model_of(engine: Engine, request: TrainRequest) -> LoadedModel:
    return engine.services.load_checkpoint(request.checkpoint, GenerationOptions())


def weights_of(model: LoadedModel) -> dict[str, torch.Tensor]:
    modules = {part: model.modules_of(part) for part in model.parts}
    return {
        f"{part}.{number}.{name}": tensor.clone()
        for part, found in modules.items()
        for number, module in enumerate(found)
        for name, tensor in module.state_dict().items()
    }


FIRST = "embedding-four"
"""The recorded run with pictures, words, epochs and rates of several kinds."""


@pytest.mark.parametrize(
    "name", [FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in RUNS if name != FIRST)]
)
def test_losses_and_vectors_are_those_recorded(
    name: str, engine: Engine, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_listed(monkeypatch)
    trained(engine, recorded_request(name, models_dir, tmp_path))
    rows, expected = losses_of(tmp_path), [line.split(",") for line in RUNS[name]["csv"]]
    assert [row[:3] + row[4:] for row in rows] == [row[:3] + row[4:] for row in expected]
    ours, theirs = ([float(row[3]) for row in table[1:]] for table in (rows, expected))
    assert ours == pytest.approx(theirs, abs=1e-5)
    apart = (vectors_of(tmp_path / "t2emb.pt") - torch.tensor(RUNS[name]["after"])).abs()
    # where a gradient nearly vanishes, AdamW makes a step of its rounding
    assert int((apart >= 1e-5).sum()) <= 2
    assert float(apart.max()) < 5e-5


def test_the_model_is_as_it_was(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    request = short_request(models_dir, tmp_path)
    before = weights_of(model_of(engine, request))
    trained(engine, request)
    after = weights_of(model_of(engine, request))
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not torch.is_grad_enabled()


@pytest.mark.slow
def test_files_and_progress_are_the_originals(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    request = short_request(
        models_dir, tmp_path, steps=4, save_every=2, picture_every=2, csv_every=2, optimizer_state=True
    )
    request = replace(
        request,
        log=replace(request.log, embedding_pictures=True),
        preview=TrainingPreview(request=make_request(models_dir, steps=2)),
    )
    told: list[Progress] = []
    engine.run(request, on_progress=told.append)
    files = sorted(str(p.relative_to(tmp_path / "log")) for p in (tmp_path / "log").rglob("*") if p.is_file())
    day = files[0].partition("/")[0]
    assert [name for name in files if "settings-" not in name] == [
        f"{day}/t2emb/{name}"
        for name in (
            *("embeddings/t2emb-2.pt", "embeddings/t2emb-2.pt.optim"),
            *("embeddings/t2emb-4.pt", "embeddings/t2emb-4.pt.optim"),
            *("image_embeddings/t2emb-2.png", "image_embeddings/t2emb-4.png"),
            *("images/t2emb-2.png", "images/t2emb-4.png", "textual_inversion_loss.csv"),
        )
    ]
    assert {(p.job, p.batch_count) for p in told} >= {("train-embedding", -1), ("train-embedding", 4)}
    steps = [p for p in told if p.details and not p.step]
    assert [p.batch for p in steps if p.figures][-1] == 4
    assert str(steps[-1].text).startswith("step 4 of 4, loss 0.")
    assert (steps[-1].details["made"], steps[-1].details["prompt"]) == ("4", "a photo of t2emb")
    assert set(steps[-1].figures) == {"loss", "learn_rate", "seconds_per_step", "seconds_left"}
    saved = torch.load(tmp_path / "log" / day / "t2emb/embeddings/t2emb-2.pt", weights_only=True)
    assert (saved["name"], saved["step"], saved["sd_checkpoint"]) == ("t2emb-2", 1, "51e88316d5")


def test_settings_are_written_in_order(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    trained(engine, short_request(models_dir, tmp_path))
    (file,) = (tmp_path / "log").rglob("settings-*.json")
    settings = json.loads(file.read_text(encoding="utf-8"))
    assert list(settings)[:6] == [
        *("datetime", "model_name", "model_hash", "num_of_dataset_images"),
        *("num_vectors_per_token", "embedding_name"),
    ]
    assert list(settings)[-3:] == ["save_image_with_stored_embedding", "template_file", "initial_step"]


@pytest.mark.slow
def test_training_goes_on_and_ends_when_all_is_done(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    request = short_request(models_dir, tmp_path)
    assert trained(engine, request).step == 2
    more = replace(request, run="more", steps=replace(request.steps, steps=3))
    assert trained(engine, more).step == 3
    assert [row[0] for row in losses_of(tmp_path)[1:]] == ["1", "2", "3"]
    assert trained(engine, more) == TrainResult(path=str(tmp_path / "t2emb.pt"), step=3)


def test_interrupt_keeps_what_was_made(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    control = JobControl()
    job = engine.start("one", short_request(models_dir, tmp_path, steps=100_000), control=control)
    while job.context.reporter.state.batch < 2:
        engine.step()
    control.ask(Action.INTERRUPT)
    while job.outcome is None:
        engine.step()
    assert isinstance(job.outcome, TrainResult)
    assert torch.load(tmp_path / "t2emb.pt", weights_only=True)["step"] == job.outcome.step >= 2


@pytest.mark.slow
def test_cancel_leaves_the_last_save(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    control, request = JobControl(), short_request(models_dir, tmp_path, steps=100_000, save_every=2)
    before = vectors_of(tmp_path / "t2emb.pt")
    job = engine.start("one", request, control=control)
    while job.context.reporter.state.batch < 2:
        engine.step()
    control.ask(Action.CANCEL)
    while job.outcome is None:
        engine.step()
    assert isinstance(job.outcome, Cancelled)
    assert torch.equal(vectors_of(tmp_path / "t2emb.pt"), before)
    (saved,) = (tmp_path / "log").rglob("t2emb-2.pt")
    assert not torch.equal(vectors_of(saved), before)
    assert not (engine.settings.folders.data / "cache" / "training" / request.run).exists()


@pytest.mark.slow
@pytest.mark.parametrize(("save_every", "step"), [(3, 2), (0, 0)])
def test_a_run_that_broke_off_goes_on_from_its_save(
    save_every: int, step: int, engine: Engine, models_dir: Path, tmp_path: Path
) -> None:
    """Or begins again, if there is none; losses of another run of the day stay."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        trained(engine, short_request(models_dir, folder, steps=5))
    trained(engine, short_request(models_dir, whole, steps=5))
    request = short_request(models_dir, broken, steps=5, save_every=save_every)
    request = replace(request, run=f"broken {save_every}")
    job = engine.start("one", request)
    while job.context.reporter.state.batch < 4:
        engine.step()
    job.work.close()  # as an engine's end does
    engine.jobs.remove(job)
    result = trained(engine, request)
    assert result.warnings == (f"the run broke off and went on from step {step}",)
    assert losses_of(whole) == losses_of(broken)
    assert torch.equal(vectors_of(whole / "t2emb.pt"), vectors_of(broken / "t2emb.pt"))


def test_a_folder_without_pictures_is_named(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    request = short_request(models_dir, tmp_path)
    (tmp_path / "none").mkdir()
    pictures = replace(request.pictures, folder=str(tmp_path / "none"))
    with pytest.raises(InvalidRequest, match="No images") as caught:
        engine.run(replace(request, pictures=pictures))
    assert caught.value.field == "pictures.folder"


def test_a_picture_that_keeps_its_size_has_the_limits_of_all(
    engine: Engine, models_dir: Path, tmp_path: Path
) -> None:
    request = short_request(models_dir, tmp_path)
    (tmp_path / "large").mkdir()
    Image.new("RGB", (20_000, 64)).save(tmp_path / "large" / "one.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "large" / "pipe.png")
    pictures = replace(request.pictures, folder=str(tmp_path / "large"), varsize=True)
    with pytest.raises(InvalidRequest, match="pixels a side") as caught:
        engine.run(replace(request, pictures=pictures))
    assert caught.value.field == "pictures.varsize"


def test_what_does_not_fit_is_refused_with_the_figure(models_dir: Path, tmp_path: Path) -> None:
    settings = engine_settings(models_dir, tmp_path, ram_budget=64 * 2**20)
    engine = Engine(settings)
    request = short_request(models_dir, tmp_path)
    large = replace(request, pictures=replace(request.pictures, width=4096, height=4096))
    with pytest.raises(OverBudget, match=r"4096x4096 at once needs \d+ MiB; there are \d+ MiB of RAM"):
        engine.run(large)
    engine.close()
