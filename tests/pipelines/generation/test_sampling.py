"""A pass as it is planned and begun: its levels, the noise of its pictures, and their infotext pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Img2Img, Seeds
from pipelines.engine.engine import Engine
from pipelines.generation.batch import Batch
from pipelines.generation.sampling import new_rng, noise_table, run_pass, table_pairs
from pipelines.generation.start.begin import start
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import carried_out, job_of
from tests.sdapi.fakes import png

ZERO = GenerationOptions(sd_noise_schedule="Zero Terminal SNR")


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def test_options_change_the_levels_of_a_checkpoint(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, options=ZERO))
    own = job.loaded.noise.table().sigmas
    assert noise_table(job.loaded, job, "Euler").sigmas[-1] > 100 * own[-1]


def test_in_img2img_they_reach_samplers_of_timesteps_only(engine: Engine, models_dir: Path) -> None:
    request = make_request(models_dir, options=ZERO, img2img=Img2Img(images=(png(64, 64),)))
    job = job_of(engine, request)
    own = job.loaded.noise.table().sigmas
    assert torch.equal(noise_table(job.loaded, job, "Euler").sigmas, own)
    assert noise_table(job.loaded, job, "DDIM").sigmas[-1] > 100 * own[-1]


def test_infotexts_tell_of_levels_that_are_not_the_usual_ones() -> None:
    assert table_pairs(GenerationOptions()) == {}
    assert table_pairs(ZERO) == {"Noise Schedule": "Zero Terminal SNR"}
    assert table_pairs(GenerationOptions(use_downcasted_alpha_bar=True)) == {"Downcast alphas_cumprod": True}


def test_a_picture_has_the_noise_of_its_own_seed(engine: Engine, models_dir: Path) -> None:
    seeds = Seeds(seed=7, subseed=1)
    job = job_of(engine, make_request(models_dir, seeds=seeds, batch_size=2, batch_count=2))
    first, second = (new_rng(job, index, 8, 8).next() for index in (0, 1))
    later = job_of(engine, make_request(models_dir, seeds=Seeds(seed=9, subseed=1)))
    assert first.shape == (2, 4, 8, 8)
    assert torch.equal(second[0], new_rng(later, 0, 8, 8).next()[0])
    assert not torch.equal(first[1], second[0])


def test_an_unknown_source_of_noise_names_its_option(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, options=GenerationOptions(randn_source="dice")))
    with pytest.raises(InvalidRequest, match="GPU, CPU or NV") as refused:
        new_rng(job, 0, 8, 8)
    assert refused.value.field == "options.randn_source"


def test_an_unknown_sampler_is_refused_before_the_model_is_asked(engine: Engine, models_dir: Path) -> None:
    job = job_of(engine, make_request(models_dir, sampler="nobody's"))
    batch, _ = carried_out(start(job, Batch(index=0)))
    with pytest.raises(InvalidRequest, match="unknown sampler"):
        carried_out(run_pass(job, batch.first_pass()))


def test_the_negative_prompt_may_be_left_out_and_is_told(engine: Engine, models_dir: Path) -> None:
    options = GenerationOptions(skip_early_cond=0.5)
    job = job_of(engine, make_request(models_dir, options=options, steps=2))
    batch, _ = carried_out(start(job, Batch(index=0)))
    sampled, calls = carried_out(run_pass(job, batch.first_pass()))
    assert calls == 2
    assert sampled.latents.shape == (1, 4, 8, 8)
    assert job.notes.pairs["Skip Early CFG"] == 0.5
