"""The finish of a decoded picture: hooks, faces, files, and its companions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from pipelines.contract.control import Action
from pipelines.contract.errors import MissingWeights
from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.engine.engine import Engine
from pipelines.generation.batch import Batch
from pipelines.generation.finishing.finish import check_faces, finish, finish_picture
from pipelines.generation.finishing.surroundings import Surroundings
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling_pass import Sampled
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import carried_out, job_of

GREY = Image.new("RGB", (64, 64), (128, 128, 128))
STRICT = GenerationOptions(face_restoration_lenient=False)


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def finished(job: GenerationJob, *images: Image.Image) -> Batch:
    """The batch of these pictures after the stage."""
    sampled = Sampled(latents=torch.zeros(len(images), 4, 8, 8), schedule_label="Automatic")
    return carried_out(finish(job, Batch(index=0, sampled=sampled, images=images)))[0]


def written(job: GenerationJob) -> list[str]:
    """Return the suffixes of the names of the written files."""
    return ["-".join(Path(path).stem.split("-")[2:]) for path in job.notes.files]


def test_a_picture_keeps_its_place_in_the_job(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, batch_size=2, batch_count=2))
    sampled = Sampled(latents=torch.zeros(2, 4, 8, 8), schedule_label="Automatic")
    batch, _ = carried_out(finish(job, Batch(index=1, sampled=sampled, images=(GREY, GREY))))
    assert [picture.index for picture in batch.finished] == [2, 3]
    assert "Seed: 4," in batch.finished[1].infotext


def test_nothing_is_written_unless_it_is_asked_for(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir))
    finished(job, GREY)
    assert job.notes.files == ()
    job = job_of(engine, make_request(models_dir, save_images=True))
    finished(job, GREY)
    (path,) = job.notes.files
    assert Path(path).is_file()


@pytest.mark.parametrize(("kept", "count"), [(False, 0), (True, 1)])
def test_pictures_of_an_interrupted_job_are_written_if_an_option_says_so(
    kept: bool, count: int, engine: Engine, models_dir: Path
) -> None:
    output = OutputOptions(save_incomplete_images=kept)
    job = job_of(engine, make_request(models_dir, save_images=True, output=output))
    job.control.ask(Action.INTERRUPT)
    finished(job, GREY)
    assert len(job.notes.files) == count


def test_a_mask_goes_with_its_picture_where_options_ask_for_it(engine: Engine, models_dir: Path) -> None:
    output = OutputOptions(return_mask=True, return_mask_composite=True)
    job = job_of(engine, make_request(models_dir, output=output))
    around = Surroundings(mask=Image.new("L", (64, 64), 255))
    picture, _ = carried_out(finish_picture(job, GREY, 0, around, save=False))
    mask, composite = picture.companions
    assert mask.mode == "RGB" and mask.getpixel((0, 0)) == (255, 255, 255)
    assert composite.mode == "RGBA" and composite.getpixel((0, 0)) == (128, 128, 128, 255)


def test_masks_are_written_beside_their_picture(engine: Engine, models_dir: Path) -> None:
    output = OutputOptions(save_mask=True, save_mask_composite=True)
    job = job_of(engine, make_request(models_dir, save_images=True, output=output))
    around = Surroundings(mask=Image.new("L", (64, 64), 255))
    picture, _ = carried_out(finish_picture(job, GREY, 0, around, save=True))
    assert picture.companions == ()
    assert written(job) == ["", "mask", "mask-composite"]


def test_faces_without_weights_are_told_or_refused(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, restore_faces=True))
    batch = finished(job, GREY)
    assert batch.finished[0].image.tobytes() == GREY.tobytes()
    assert any("made without restored faces" in warning for warning in job.notes.warnings)
    strict = job_of(engine, make_request(models_dir, restore_faces=True, options=STRICT))
    with pytest.raises(MissingWeights):
        finished(strict, GREY)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({}, False),
        ({"options": STRICT}, False),
        ({"restore_faces": True}, False),
        ({"restore_faces": True, "options": STRICT}, True),
    ],
)
def test_missing_weights_are_found_before_anything_is_sampled(
    asked: dict[str, Any], refused: bool, engine: Engine, models_dir: Path
) -> None:
    request = make_request(models_dir, **asked)
    if not refused:
        check_faces(request, engine.services)
        return
    with pytest.raises(MissingWeights):
        check_faces(request, engine.services)
