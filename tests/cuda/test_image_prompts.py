"""IP-Adapters, face adapters, InstantID, PuLID and union networks on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from extensions.controlnet.preprocessors.face_files import ANTELOPE, BUFFALO
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, ScriptCall
from pipelines.contract.settings import EngineSettings
from tests.cuda.engines import TOLERANCE, Pair, cost
from tests.cuda_stand_in import cuda_stand_in
from tests.engines import CHECKPOINT, engine_settings, make_request
from tests.extensions.controlnet import eva_files, ip_files
from tests.extensions.controlnet.control_engine import folder_flags
from tests.extensions.controlnet.drawings import drawing
from tests.extensions.controlnet.face_files import told_face
from tests.extensions.controlnet.image_prompts.test_face_generation import (
    CONTROL,
    FILES,
    attentive,
    keypoints,
    unit,
    write_pack,
)
from tests.extensions.controlnet.image_prompts.test_generation import RED
from tests.extensions.controlnet.maps.faces.test_grey_features import write_files
from tests.extensions.controlnet.union_files import SD1, as_file, union

ADAPTERS = {"plain": "ip-adapter-plain.bin", "plus": "ip-adapter-plus.safetensors"}
QUIET = OutputOptions(live_previews_enable=False)


def adapter(kind: str) -> dict[str, Any]:
    return {"image": RED, "module": "ip-adapter_clip_sd15", "model": f"ip-adapter-{kind}"}


UNITS: dict[str, tuple[dict[str, Any], ...]] = {
    "IP-Adapter": (adapter("plain"),),
    "IP-Adapter plus": (adapter("plus"),),
    "both adapters": (adapter("plain"), adapter("plus")),
    "union": ({"image": drawing(), "module": "canny", "model": "tiny-union"},),
    "face": (unit("face"),),
    "face, plus": (unit("face-plusv2"),),
    "InstantID": (unit("instant"), keypoints()),
    "PuLID": (unit("pulid"),),
    "PuLID, style": (unit("pulid", pulid_mode="Extremely style"),),
}
SHARP = ("PuLID", "PuLID, style")
"""Random weights make keys of a thousand there: what attends to what is a choice, and fp16 chooses others."""


def write_everything(folder: Path, models: Path) -> None:
    """All networks, and the detectors that they need, with random weights."""
    shapes = ip_files.key_shapes(read_header(models / "Stable-diffusion" / CHECKPOINT).shapes())
    for kind, name in (FILES | ADAPTERS).items():
        ip_files.write_parts(ip_files.tensors_for(shapes, kind), folder / name)
    save_file(attentive(), folder / f"{CONTROL}.safetensors")
    save_file(as_file(union(6, SD1)), folder / "tiny-union.safetensors")
    annotators = folder / "annotators"
    for pack, names in (("buffalo_l", BUFFALO), ("antelopev2", ANTELOPE)):
        write_pack(annotators / "insightface" / "models" / pack, names, told_face(200, 200, 2))
    ip_files.tiny_tower(annotators / "clip_h")
    eva_files.write_tower(annotators)
    write_files(annotators, sees=True)


@pytest.fixture(scope="module")
def settings(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    folder = tmp_path_factory.mktemp("controlnets")
    write_everything(folder, models_dir)
    plain = engine_settings(models_dir, tmp_path_factory.mktemp("data"), extensions=("controlnet",))
    flags = folder_flags(controlnets=folder, annotators=folder / "annotators")
    return replace(plain, extension_flags=flags)


@pytest.fixture(scope="module")
def pair(settings: EngineSettings) -> Iterator[Pair]:
    made = Pair(settings, torch.float16)
    yield made
    made.close()


def asked(models: Path, name: str, **changes: Any) -> GenerationRequest:
    call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in UNITS[name]))
    return make_request(models, **({"steps": 2, "sampler": "Euler a", "always_on": (call,)} | changes))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in UNITS if name not in SHARP])
def test_units(pair: Pair, models_dir: Path, name: str) -> None:
    assert pair.difference(asked(models_dir, name)) < TOLERANCE[torch.float16]


@pytest.mark.slow
def test_sharp_choices_are_the_same_in_fp32(settings: EngineSettings, models_dir: Path) -> None:
    exact = Pair(settings, torch.float32)
    differences = [exact.difference(asked(models_dir, name)) for name in SHARP]
    exact.close()
    assert max(differences) < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("name", UNITS)
def test_units_read_and_copy_nothing_per_step(pair: Pair, models_dir: Path, name: str) -> None:
    with cuda_stand_in() as counted:
        short, long = (
            cost(pair.device, asked(models_dir, name, steps=steps, output=QUIET), counted) for steps in (2, 3)
        )
    assert not long.reads - short.reads and not long.copies - short.copies
