"""Metadata of a picture's file in both schemes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extensions.fooocus.drawing import run
from extensions.fooocus.drawing.metadata import FileHashes, hashes_of, metadata_of
from extensions.fooocus.kinds import FooocusRequest, Saving, Steering, Told
from pipelines.catalog.hashes import HashCache
from pipelines.contract.requests import Refiner
from pipelines.engine.engine import Engine
from pipelines.generation.services import Services
from tests.extensions.fooocus.drawing.test_run import base_request

HASHES = FileHashes(model="0123456789", refiner="aaaaaaaaaa", loras=("bbbbbbbbbb", ""))
TOLD = Told(
    sampler="dpmpp_2m",
    scheduler="karras",
    refiner="fine.safetensors",
    loras=(("one", 0.5), ("two", -1.0)),
    overwrite_switch=3,
)


@pytest.fixture
def request_(models_dir: Path) -> FooocusRequest:
    return base_request(models_dir, told=TOLD, steering=Steering(adaptive_cfg=2.0))


def text_of(request: FooocusRequest, hashes: FileHashes = HASHES) -> str:
    text = metadata_of(request, request.pictures[0], (64, 96), hashes)
    assert text is not None
    return text


def test_fooocus_scheme(request_: FooocusRequest) -> None:
    told: dict[str, Any] = json.loads(text_of(request_))
    assert list(told) == sorted(told)
    assert told["loras"] == [["one", 0.5, "bbbbbbbbbb"], ["two", -1.0, ""]]
    assert (told["lora_combined_1"], told["lora_combined_2"]) == ("one : 0.5", "two : -1.0")
    assert (told["base_model_hash"], told["refiner_model_hash"]) == ("0123456789", "aaaaaaaaaa")
    assert (told["refiner_model"], told["refiner_swap_method"]) == ("fine", "joint")
    assert (told["resolution"], told["overwrite_switch"]) == ("(64, 96)", 3)


def test_a1111_scheme(request_: FooocusRequest) -> None:
    request = replace(request_, saving=Saving(name="x", scheme="a1111"))
    last = text_of(request).splitlines()[-1]
    for pair in (
        'Lora hashes: "one: bbbbbbbbbb, two: "',
        'Lora weights: "one: 0.5, two: -1.0"',
        "Refiner: fine",
        "Refiner hash: aaaaaaaaaa",
        "Refiner Swap Method: joint",
        "Overwrite Switch: 3",
        "Adaptive CFG: 2.0",
        "Model hash: 0123456789",
    ):
        assert pair in last


def test_nothing_is_said_where_nothing_is_wished(request_: FooocusRequest) -> None:
    silent = replace(request_, saving=Saving(name="x", scheme=""))
    assert metadata_of(silent, silent.pictures[0], (64, 64), HASHES) is None


def test_hashing_begins_while_pictures_are_drawn(
    engine: Engine, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lora = tmp_path / "one.safetensors"
    lora.write_bytes(b"lora")
    said: list[str] = []

    def begin(cache: HashCache, path: Path) -> None:
        said.append(path.name)

    def hashes(request: FooocusRequest, services: Services) -> FileHashes:
        said.append("hashes")
        return FileHashes()

    monkeypatch.setattr(HashCache, "begin", begin)
    monkeypatch.setattr(run, "hashes_of", hashes)
    plain = base_request(models_dir)
    told = replace(TOLD, refiner="None", loras=(("one", 0.5),), lora_files=(str(lora),))
    request = replace(plain, told=told)
    engine.run(request)
    assert said == ["tiny-sd1.safetensors", "one.safetensors", "hashes"]
    said.clear()
    engine.run(replace(request, saving=Saving(name="x", scheme="")))
    assert said == ["hashes"]


def test_files_are_hashed_once_metadata_are_wished(request_: FooocusRequest, tmp_path: Path) -> None:
    names = ("base", "one", "fine")
    checkpoint, lora, refiner = (tmp_path / f"{name}.safetensors" for name in names)
    for file in (checkpoint, lora, refiner):
        file.write_bytes(file.name.encode())
    services: Any = type("Shared", (), {"hashes": HashCache(tmp_path / "hashes.json")})
    files = (str(lora), str(tmp_path / "gone.safetensors"))
    base = replace(
        request_.base,
        checkpoint=str(checkpoint),
        refiner=Refiner(checkpoint=str(refiner), switch_at=0.5),
    )
    request = replace(request_, told=replace(TOLD, lora_files=files), base=base)
    model, first, second = (
        hashlib.sha256(file.name.encode()).hexdigest()[:10] for file in (checkpoint, lora, refiner)
    )
    found = hashes_of(request, services)
    assert found == FileHashes(model=model, refiner=second, loras=(first, ""))
    silent = replace(request, saving=Saving(name="x", scheme=""))
    assert hashes_of(silent, services) == FileHashes()
