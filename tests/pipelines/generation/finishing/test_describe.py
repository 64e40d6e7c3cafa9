"""Infotexts and the info object: what stands where, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.requests import Seeds
from pipelines.engine.engine import Engine
from pipelines.generation.finishing.describe import info, infotext
from pipelines.generation.job import GenerationJob
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import job_of


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def job(engine: Engine, models_dir: Path, **asked: Any) -> GenerationJob:
    return job_of(engine, make_request(models_dir, **asked))


def pairs(text: str) -> list[str]:
    """The names of the last line, in order."""
    return [pair.partition(":")[0] for pair in text.splitlines()[-1].split(", ")]


def test_pairs_stand_in_a1111s_order(engine: Engine, models_dir: Path) -> None:
    text = infotext(job(engine, models_dir, prompt="a", negative_prompt="b"), 0)
    assert text.splitlines()[:2] == ["a", "Negative prompt: b"]
    first = ["Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model"]
    assert pairs(text)[: len(first)] == first
    assert pairs(text)[-1] == "Version"


def test_each_picture_has_its_own_seed_and_prompt(engine: Engine, models_dir: Path) -> None:
    two = job(engine, models_dir, batch_size=2, seeds=Seeds(seed=7, subseed=0))
    assert ["Seed: 7," in infotext(two, 0), "Seed: 8," in infotext(two, 1)] == [True, True]


@pytest.mark.parametrize(
    ("options", "pair"),
    [
        ({"CLIP_stop_at_last_layers": 2}, "Clip skip: 2"),
        ({"randn_source": "CPU"}, "RNG: CPU"),
    ],
)
def test_what_is_as_usual_is_not_told(
    engine: Engine, models_dir: Path, options: dict[str, Any], pair: str
) -> None:
    name = pair.partition(":")[0]
    assert name not in pairs(infotext(job(engine, models_dir), 0))
    assert pair in infotext(job(engine, models_dir, options=GenerationOptions(**options)), 0)


def test_options_leave_facts_of_the_model_out(engine: Engine, models_dir: Path) -> None:
    quiet = OutputOptions(
        add_model_hash_to_info=False, add_model_name_to_info=False, add_version_to_infotext=False
    )
    told = pairs(infotext(job(engine, models_dir, output=quiet), 0))
    assert not {"Model hash", "Model", "Version"} & set(told)


def test_noted_pairs_come_last_and_may_differ_by_picture(engine: Engine, models_dir: Path) -> None:
    two = job(engine, models_dir, batch_size=2)
    two.add_pairs({"Mine": "x", "Index": lambda index: index + 1})
    assert "Mine: x, Index: 1," in infotext(two, 0)
    assert "Mine: x, Index: 2," in infotext(two, 1)
    extra = info(two, ["t"], first_picture=0)["extra_generation_params"]
    assert (extra["Mine"], extra["Index"]) == ("x", None)


def test_the_info_object_lists_every_picture(engine: Engine, models_dir: Path) -> None:
    told = info(
        job(engine, models_dir, batch_size=2, seeds=Seeds(seed=3, subseed=0)), ["a", "b"], first_picture=1
    )
    assert (told["seed"], told["all_seeds"], told["index_of_first_image"]) == (3, [3, 4], 1)
    assert len(told["all_prompts"]) == len(told["all_negative_prompts"]) == 2
    assert told["infotexts"] == ["a", "b"]
    assert told["sd_model_name"] == "tiny-sd1" and len(told["sd_model_hash"]) == 10
