"""Each stage fills in its part of a batch, and a family may add a stage of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from pipelines.contract.control import Action
from pipelines.contract.requests import Hires, Img2Img, Inpaint
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import Work
from pipelines.engine.engine import Engine
from pipelines.families.base import STAGES
from pipelines.families.sd.family import SdFamily
from pipelines.generation.batch import Batch
from pipelines.generation.decode import decode
from pipelines.generation.enlarge.hires import enlarge
from pipelines.generation.finishing.finish import finish
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling import sample
from pipelines.generation.stages import OURS, run_stages
from pipelines.generation.start.begin import start
from pipelines.generation.start.img2img import start_img2img
from tests.engines import make_engine, make_request, pixels
from tests.pipelines.generation.staging import carried_out, job_of
from tests.sdapi.fakes import png


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def test_start_describes_the_first_pass(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, batch_size=2, height=128))
    batch, calls = carried_out(start(job, Batch(index=0)))
    first = batch.first_pass()
    assert calls == 0
    assert (first.width, first.height, first.latent, first.mask) == (64, 128, None, None)
    assert first.rng.shape == (4, 16, 8)


def test_start_of_img2img_takes_the_pictures_of_its_batch(engine: Engine, models_dir: Path) -> None:
    inpaint = Inpaint(mask=png(64, 64))
    request = make_request(models_dir, img2img=Img2Img(images=(png(64, 64),), inpaint=inpaint))
    job = job_of(engine, request)
    source = request.img2img
    assert source is not None
    begun, _ = carried_out(start_img2img(job, source))
    batch, _ = carried_out(start(job, Batch(index=0, start=begun)))
    first = batch.first_pass()
    assert first.latent is not None and torch.equal(first.latent, begun.latents)
    assert first.mask is begun.mask is not None
    assert first.denoising == 0.75


def test_sample_calls_the_model_once_a_step(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, steps=3))
    batch, _ = carried_out(start(job, Batch(index=0)))
    batch, calls = carried_out(sample(job, batch))
    assert calls == 3
    assert batch.latest().latents.shape == (1, 4, 8, 8)


def test_stages_in_a_wrong_order_are_a_bug_that_says_so(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir))
    with pytest.raises(RuntimeError, match="after it was started"):
        carried_out(sample(job, Batch(index=0)))
    with pytest.raises(RuntimeError, match="after it was sampled"):
        carried_out(decode(job, Batch(index=0)))


def test_every_stage_that_families_name_is_there() -> None:
    assert tuple(OURS) == STAGES
    assert [getattr(import_module(place.partition(":")[0]), name) for name, place in OURS.items()] == [
        *(start, sample, enlarge, decode, finish)
    ]


def sampled(job: GenerationJob) -> Batch:
    names = STAGES[:2]
    return carried_out(run_stages(job, Batch(index=0), names))[0]


def test_enlarge_is_hires_fix_and_nothing_else(engine: Engine, models_dir: Path) -> None:
    plain = job_of(engine, make_request(models_dir, steps=1))
    batch = sampled(plain)
    assert carried_out(enlarge(plain, batch)) == (batch, 0)
    request = make_request(models_dir, steps=1, denoising_strength=0.5, hires=Hires(scale=1.5, steps=2))
    job = job_of(engine, request)
    larger, calls = carried_out(enlarge(job, sampled(job)))
    assert calls == 2
    assert larger.latest().latents.shape == (1, 4, 12, 12)


def test_enlarge_does_nothing_once_the_job_is_to_end(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, steps=1, hires=Hires(scale=1.5)))
    batch = sampled(job)
    job.control.ask(Action.INTERRUPT)
    assert carried_out(enlarge(job, batch)) == (batch, 0)


def test_decode_and_finish_make_described_pictures(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, steps=1, batch_size=2))
    batch, _ = carried_out(decode(job, sampled(job)))
    assert [image.size for image in batch.images] == [(64, 64)] * 2
    batch, _ = carried_out(finish(job, batch))
    assert [picture.index for picture in batch.finished] == [0, 1]
    assert "Seed: 2," in batch.finished[1].infotext


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverting(SdFamily):
    """Stable Diffusion 1 with a stage of its own between decoding and finishing."""

    stages: tuple[str, ...] = field(default=(*STAGES[:4], f"{__name__}:inverted", STAGES[4]))


def inverted(job: GenerationJob, batch: Batch) -> Work[Batch]:
    """Turn every colour into its opposite."""
    yield from ()
    return replace(batch, images=tuple(ImageOps.invert(image) for image in batch.images))


def test_a_family_adds_a_stage(engine: Engine, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request(models_dir, steps=1)
    usual = engine.run(request)
    model = job_of(engine, request).loaded
    family = model.family
    assert isinstance(family, SdFamily)
    own = {name: getattr(family, name) for name in SdFamily.__dataclass_fields__ if name != "stages"}
    monkeypatch.setattr(model, "family", Inverting(**own))
    changed = engine.run(request)
    assert isinstance(usual, GenerationResult) and isinstance(changed, GenerationResult)
    opposite = np.asarray(ImageOps.invert(Image.fromarray(pixels(usual).astype(np.uint8))))
    assert np.array_equal(pixels(changed), opposite)
