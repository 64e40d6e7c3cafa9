"""The answer's order of pictures and texts, its grid, and how pictures are encoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.options import OutputOptions
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.generation.batch import FinishedPicture
from pipelines.generation.finishing.answer import answer, encode
from pipelines.generation.job import GenerationJob
from tests.engines import make_engine, make_request
from tests.pipelines.generation.staging import carried_out, job_of

SIDE = 16
GRID = OutputOptions(return_grid=True, grid_only_if_multiple=True)


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def job(engine: Engine, models_dir: Path, **asked: Any) -> GenerationJob:
    return job_of(engine, make_request(models_dir, **asked))


def finished(count: int, **more: Any) -> list[FinishedPicture]:
    """One colour each, so that a picture can be known again."""
    return [
        FinishedPicture(
            image=Image.new("RGB", (SIDE, SIDE), (index + 1, 0, 0)), index=index, infotext=f"{index}", **more
        )
        for index in range(count)
    ]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def answered(job: GenerationJob, finished: list[FinishedPicture]) -> GenerationResult:
    result, _ = carried_out(answer(job, finished))
    return result


def reds(images: tuple[bytes, ...]) -> list[object]:
    return [opened(data).convert("RGB").getpixel((0, 0)) for data in images]


def test_each_picture_is_followed_by_its_companions(engine: Engine, models_dir: Path) -> None:
    mask = Image.new("RGB", (SIDE, SIDE), (9, 9, 9))
    given = answered(job(engine, models_dir, batch_size=2), finished(2, companions=(mask,)))
    assert reds(given.images) == [(1, 0, 0), (9, 9, 9), (2, 0, 0), (9, 9, 9)]
    assert given.info["infotexts"] == ["0", "1"] and given.info["index_of_first_image"] == 0
    assert [opened(data).info.get("parameters") for data in given.images] == ["0", None, "1", None]


def test_a_grid_comes_first_and_has_the_first_text(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    wanted = job(engine, models_dir, batch_size=2, save_images=True, output=GRID)
    given = answered(wanted, finished(2))
    assert [opened(data).size for data in given.images] == [(2 * SIDE, SIDE), (SIDE, SIDE), (SIDE, SIDE)]
    assert given.info["infotexts"] == ["0", "0", "1"] and given.info["index_of_first_image"] == 1


@pytest.mark.parametrize(
    ("count", "asked"),
    [
        (1, {"save_images": True, "output": GRID}),
        (2, {"save_images": False, "output": GRID}),
        (2, {"save_images": True, "output": replace(GRID, return_grid=False, grid_save=False)}),
        (0, {"save_images": True, "output": GRID}),
    ],
)
def test_no_grid_of_one_picture_or_where_none_is_asked_for(
    engine: Engine, models_dir: Path, count: int, asked: dict[str, Any]
) -> None:
    given = answered(job(engine, models_dir, batch_size=2, **asked), finished(count))
    assert len(given.images) == count and given.info["index_of_first_image"] == 0


def test_a_saved_grid_is_among_the_files(engine: Engine, models_dir: Path) -> None:
    output = replace(GRID, return_grid=False, grid_save=True)
    given = answered(job(engine, models_dir, batch_size=2, save_images=True, output=output), finished(2))
    assert len(given.images) == 2
    (file,) = given.files
    assert opened(Path(file).read_bytes()).size == (2 * SIDE, SIDE) and "grid" in Path(file).name


def test_pictures_may_be_left_out(engine: Engine, models_dir: Path) -> None:
    given = answered(job(engine, models_dir, send_images=False), finished(1))
    assert given.images == () and given.info["infotexts"] == ["0"]


def test_without_pictures_there_is_a_text(engine: Engine, models_dir: Path) -> None:
    given = answered(job(engine, models_dir, prompt="a tree"), [])
    assert given.info["infotexts"][0].startswith("a tree\n")


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ({}, "PNG"),
        ({"output": OutputOptions(samples_format="jpg")}, "JPEG"),
        ({"output": OutputOptions(samples_format="jpg"), "response_format": "webp"}, "WEBP"),
    ],
)
def test_the_request_names_the_format_else_the_option(
    engine: Engine, models_dir: Path, asked: dict[str, Any], made: str
) -> None:
    picture = Image.new("RGB", (SIDE, SIDE))
    assert opened(encode(job(engine, models_dir, **asked), picture, "text")).format == made


def test_metadata_can_be_left_out(engine: Engine, models_dir: Path) -> None:
    silent = job(engine, models_dir, output=OutputOptions(enable_pnginfo=False))
    assert "parameters" not in opened(encode(silent, Image.new("RGB", (SIDE, SIDE)), "text")).info
