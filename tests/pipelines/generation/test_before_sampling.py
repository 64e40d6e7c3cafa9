"""Errors for what a job lacks come before anything is sampled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.contract.progress import Progress
from pipelines.contract.requests import ExtrasRequest, Hires
from pipelines.engine.engine import Engine
from tests.engines import make_engine, make_request
from tests.sdapi.fakes import png


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"hires": Hires(upscaler="R-ESRGAN 4x+")}, MissingWeights, "hires.upscaler"),
        ({"hires": Hires(upscaler="LDSR")}, MissingWeights, "hires.upscaler"),
        ({"hires": Hires(upscaler="nope")}, InvalidRequest, "hires.upscaler"),
        (
            {"restore_faces": True, "options": GenerationOptions(face_restoration_model="nope")},
            InvalidRequest,
            "options.face_restoration_model",
        ),
        (
            {"restore_faces": True, "options": GenerationOptions(face_restoration_lenient=False)},
            MissingWeights,
            "restore_faces",
        ),
    ],
)
def test_what_is_missing_is_told_before_the_first_step(
    changes: dict[str, Any], kind: type[InvalidRequest], field: str, engine: Engine, models_dir: Path
) -> None:
    told: list[Progress] = []
    request = make_request(models_dir, denoising_strength=0.5, **changes)
    with pytest.raises(kind) as error:
        engine.run(request, on_progress=told.append)
    assert error.value.field == field
    assert all(progress.steps == 0 for progress in told)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"upscaler_1": "Lanczos", "upscaler_2": "R-ESRGAN 4x+"}, MissingWeights),
        ({"upscaler_1": "Lanczos", "upscaler_2": "nope"}, InvalidRequest),
        ({"upscaler_1": "Lanczos", "codeformer_visibility": 0.5}, MissingWeights),
        ({"upscaler_1": "Lanczos", "scale": 1e6}, InvalidRequest),
    ],
)
def test_extras_lack_nothing_before_the_first_picture(
    changes: dict[str, Any], kind: type[InvalidRequest], engine: Engine
) -> None:
    told: list[Progress] = []
    with pytest.raises(kind):
        engine.run(ExtrasRequest(images=(png(), png()), **changes), on_progress=told.append)
    assert all(progress.batch == 0 for progress in told)


def test_a_job_that_was_given_up_before_it_began_loads_nothing(engine: Engine, models_dir: Path) -> None:
    control = JobControl()
    control.ask(Action.CANCEL)
    told: list[Progress] = []
    with pytest.raises(Cancelled):
        engine.run(make_request(models_dir), control=control, on_progress=told.append)
    assert all("load" not in progress.seconds for progress in told)
