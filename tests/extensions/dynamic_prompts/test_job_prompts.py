"""A job's prompts become a task, and its pictures have their seeds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extensions.dynamic_prompts.arguments import TITLE, DynamicArguments
from extensions.dynamic_prompts.job_prompts import seeds_of, task_of, write_prompts
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Hires, Seeds
from pipelines.engine.engine import Engine
from pipelines.generation.job import GenerationJob
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import carried_out, job_of

PLACE = f"always_on.{TITLE}.args"


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def job(
    engine: Engine, models: Path, *, options: dict[str, Any] | None = None, **asked: Any
) -> GenerationJob:
    return job_of(engine, make_request(models, options=GenerationOptions(extension=options or {}), **asked))


def test_a_task_has_the_texts_and_seeds_of_every_picture(engine: Engine, models_dir: Path) -> None:
    task = task_of(job(engine, models_dir, prompt="{a|b}", batch_size=2), DynamicArguments())
    assert (task.way, list(task.prompts), list(task.seeds)) == ("random", ["{a|b}"] * 2, [1, 2])
    assert (list(task.hires_prompts), list(task.hires_negative_prompts), task.count) == ([], [], None)


def test_hires_prompts_are_asked_for_where_they_differ(engine: Engine, models_dir: Path) -> None:
    one = job(engine, models_dir, prompt="a", hires=Hires(prompt="b"))
    task = task_of(one, DynamicArguments())
    assert (list(task.hires_prompts), list(task.hires_negative_prompts)) == (["b"], [])


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ({"is_combinatorial": True}, "combinatorial"),
        ({"enable_jinja_templates": True}, "jinja"),
        ({"is_combinatorial": True, "enable_jinja_templates": True}, "jinja"),
    ],
)
def test_arguments_say_how_templates_are_read(
    given: dict[str, Any], way: str, engine: Engine, models_dir: Path
) -> None:
    task = task_of(job(engine, models_dir), DynamicArguments(**given))
    assert task.way == way
    assert bool(task.context) is (way == "jinja")


def test_options_say_which_signs_templates_have(engine: Engine, models_dir: Path) -> None:
    task = task_of(job(engine, models_dir, options={"dp_parser_variant_start": "<"}), DynamicArguments())
    assert (task.variant_start, task.variant_end) == ("<", "}")
    with pytest.raises(InvalidRequest, match="1 to 8 characters") as refused:
        task_of(job(engine, models_dir, options={"dp_parser_wildcard_wrap": " "}), DynamicArguments())
    assert refused.value.field == "options.dp_parser_wildcard_wrap"


@pytest.mark.parametrize(
    ("given", "seeds", "subseeds"),
    [
        ({}, (7, 8, 9, 10), (3, 4, 5, 6)),
        ({"use_fixed_seed": True}, (7,) * 4, (3,) * 4),
        (
            {"use_fixed_seed": True, "is_combinatorial": True, "combinatorial_batches": 2},
            (7, 7, 8, 8),
            (3,) * 4,
        ),
    ],
)
def test_seeds_count_up_unless_they_are_fixed(
    given: dict[str, Any], seeds: tuple[int, ...], subseeds: tuple[int, ...], engine: Engine, models_dir: Path
) -> None:
    one = job(engine, models_dir, seeds=Seeds(seed=7, subseed=3))
    assert seeds_of(one, DynamicArguments(**given), 4) == (seeds, subseeds)


def test_variations_keep_their_seed(engine: Engine, models_dir: Path) -> None:
    one = job(engine, models_dir, seeds=Seeds(seed=7, subseed=3, subseed_strength=0.5))
    assert seeds_of(one, DynamicArguments(), 3) == ((7, 7, 7), (3, 4, 5))


def test_a_job_without_templates_keeps_its_plan(engine: Engine, models_dir: Path) -> None:
    one = job(engine, models_dir, prompt="a plain prompt")
    assert carried_out(write_prompts(one, DynamicArguments())) == (one.plan, 0)


def test_arguments_of_which_nothing_is_done_are_told(engine: Engine, models_dir: Path) -> None:
    one = job(engine, models_dir, prompt="plain")
    carried_out(write_prompts(one, DynamicArguments(is_magic_prompt=True)))
    assert [text.split(":")[0] for text in one.notes.warnings] == [PLACE]
    assert "is_magic_prompt was ignored" in one.notes.warnings[0]


@pytest.mark.parametrize(
    ("given", "place"), [({"combinatorial_batches": 0}, 2), ({"max_generations": -1}, 15)]
)
def test_counts_that_can_not_be_name_their_argument(
    given: dict[str, Any], place: int, engine: Engine, models_dir: Path
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        carried_out(write_prompts(job(engine, models_dir), DynamicArguments(**given)))
    assert refused.value.field == f"{PLACE}.{place}"
