"""The second run of a refiner that goes on from pixels."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from extensions.fooocus.drawing.refining import one_of_both, partial_strength, second_run
from extensions.fooocus.kinds import FooocusResult, Told
from extensions.fooocus.steering.call import TITLE
from pipelines.contract.requests import Img2Img, Refiner, ScriptCall
from pipelines.engine.engine import Engine
from tests.engines import make_request
from tests.extensions.fooocus.drawing.test_run import base_request


def test_it_has_its_share_of_steps_and_strength(models_dir: Path) -> None:
    calls = (ScriptCall(name=TITLE), ScriptCall(name="ControlNet"))
    start = Img2Img(images=(b"old",), resize_mode=2)
    asked = make_request(models_dir, steps=30, always_on=calls, img2img=start, denoising_strength=0.5)
    made = second_run(asked, "other", b"new", 0.2)
    assert (made.checkpoint, made.steps, made.denoising_strength) == ("other", 6, 0.1)
    assert (made.img2img, made.always_on) == (replace(start, images=(b"new",)), calls[:1])
    assert made.seeds.seed == asked.seeds.seed + 1


@pytest.mark.parametrize(("strength", "checkpoint"), [(0.3, "other"), (0.44, "other"), (0.45, "base")])
def test_a_partial_run_has_one_of_both(strength: float, checkpoint: str, models_dir: Path) -> None:
    asked = make_request(
        models_dir,
        checkpoint="base",
        img2img=Img2Img(images=(b"old",)),
        denoising_strength=strength,
        refiner=Refiner(checkpoint="other", switch_at=0.625),
        always_on=(ScriptCall(name=TITLE, args=(1, 2, 3)), ScriptCall(name="ControlNet")),
    )
    assert partial_strength(asked) == strength
    made = one_of_both(asked, "other", strength, 0.375)
    assert (made.checkpoint, made.refiner) == (checkpoint, None)
    assert len(made.always_on) == (1 if checkpoint == "other" else 2)


def test_what_is_drawn_from_next_to_nothing_is_no_partial_run(models_dir: Path) -> None:
    start = Img2Img(images=(b"old",))
    assert partial_strength(make_request(models_dir, denoising_strength=0.5)) is None
    assert partial_strength(make_request(models_dir, img2img=start, denoising_strength=0.95)) is None


@pytest.mark.parametrize("method", ["joint", "vae"])
def test_the_refiner_changes_the_picture(method: str, engine: Engine, models_dir: Path) -> None:
    plain = base_request(models_dir)
    checkpoint = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    refined = replace(
        plain,
        base=replace(plain.base, refiner=Refiner(checkpoint=checkpoint, switch_at=0.5)),
        told=Told(swap_method=method),
    )
    results = [engine.run(request) for request in (plain, refined)]
    first, second = results
    assert isinstance(first, FooocusResult) and isinstance(second, FooocusResult)
    # the same checkpoint as a refiner within one run is none
    assert (first.images[0] == second.images[0]) == (method == "joint")


def test_the_bases_name_has_the_bases_hash(engine: Engine, models_dir: Path, tmp_path: Path) -> None:
    file = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"
    other = tmp_path / "other.safetensors"
    write_header_note(file, other)
    plain = base_request(models_dir)
    refined = replace(
        plain,
        base=replace(plain.base, refiner=Refiner(checkpoint=str(other), switch_at=0.5)),
        told=Told(swap_method="vae", refiner="other.safetensors"),
    )
    result = engine.run(refined)
    assert isinstance(result, FooocusResult)
    told = json.loads(Image.open(io.BytesIO(result.images[0])).info["parameters"])
    first, second = (hashlib.sha256(one.read_bytes()).hexdigest()[:10] for one in (file, other))
    assert first != second
    assert (told["base_model"], told["base_model_hash"]) == ("tiny-sd1", first)
    assert told["refiner_model_hash"] == second


def write_header_note(file: Path, copy: Path) -> None:
    """The same weights with other metadata, so with another hash."""
    tensors = load_file(file)
    save_file(tensors, copy, metadata={"title": "other"})


def test_a_separate_refiner_begins_without_memory(engine: Engine, models_dir: Path) -> None:
    plain = base_request(models_dir)
    checkpoint = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")

    def drawn(sampler: str, method: str) -> bytes:
        refiner = Refiner(checkpoint=checkpoint, switch_at=0.5, anew=method == "separate")
        base = replace(plain.base, refiner=refiner, sampler=sampler, scheduler="Karras", steps=6)
        result = engine.run(replace(plain, base=base, told=Told(swap_method=method)))
        assert isinstance(result, FooocusResult)
        return result.images[0]

    assert drawn("DPM++ 2M", "separate") != drawn("DPM++ 2M", "joint")
    assert drawn("Euler", "separate") == drawn("Euler", "joint")
