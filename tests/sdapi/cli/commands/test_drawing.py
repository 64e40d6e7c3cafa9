"""The commands that draw: which checkpoint, which size, which request."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from pipelines.contract.errors import InvalidRequest, MissingWeights, NotFound
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.settings import EngineSettings
from sdapi.cli.commands.drawing import add_drawing_arguments, drawing_request, find_checkpoint, native_size
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.flags.parse import parse_flags


def write_header(path: Path, **metadata: str) -> Path:
    text = json.dumps({"__metadata__": metadata}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    return path


def settings_in(folder: Path) -> EngineSettings:
    return settings_from_flags(parse_flags(["--data-dir", str(folder)], {}))


def request_from(folder: Path, *words: str) -> GenerationRequest:
    parser = ArgumentParser()
    add_drawing_arguments(parser)
    return drawing_request(parser.parse_args(words), settings_in(folder), "a cat", "png")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    checkpoints = tmp_path / "models" / "Stable-diffusion"
    write_header(checkpoints / "alpha.safetensors")
    write_header(checkpoints / "sub" / "Beta.safetensors", **{"modelspec.resolution": "128x96"})
    (checkpoints / "notes.txt").touch()
    return tmp_path


def test_first_checkpoint_by_name_is_the_default(data: Path) -> None:
    assert find_checkpoint(settings_in(data), None).name == "alpha.safetensors"


def test_part_of_a_name_finds_a_checkpoint(data: Path) -> None:
    assert find_checkpoint(settings_in(data), "Beta").name == "Beta.safetensors"


def test_path_of_a_checkpoint_is_taken_as_it_is(data: Path) -> None:
    file = write_header(data / "elsewhere.safetensors")
    assert find_checkpoint(settings_in(data), str(file)) == file


def test_missing_checkpoints_are_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gamma"):
        find_checkpoint(settings_in(data), "gamma")
    with pytest.raises(MissingWeights, match="Stable-diffusion"):
        find_checkpoint(settings_in(tmp_path / "empty"), None)


def test_size_is_what_the_file_names(data: Path) -> None:
    assert native_size(find_checkpoint(settings_in(data), "Beta")) == (128, 96)
    assert native_size(find_checkpoint(settings_in(data), "alpha")) == (512, 512)
    assert native_size(Path("old.ckpt")) == (512, 512)


def test_request_follows_the_arguments(data: Path) -> None:
    request = request_from(data, "--checkpoint", "Beta", "--seed", "7", "--width", "64", "--steps", "3")
    assert (request.width, request.height, request.steps) == (64, 96, 3)
    assert request.seeds.seed == 7
    assert (request.sampler, request.scheduler) == ("DPM++ 2M", "Automatic")
    assert request.output.samples_format == "png"


def test_random_seed_is_resolved(data: Path) -> None:
    assert 0 <= request_from(data).seeds.seed < 2**32


def test_unknown_sampler_is_refused(data: Path) -> None:
    with pytest.raises(InvalidRequest, match="no sampler"):
        request_from(data, "--sampler", "Eula")
