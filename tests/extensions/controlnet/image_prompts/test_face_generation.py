"""Units with faces in a generation on the small checkpoint."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from extensions.controlnet.image_prompts.layout import FACE_ID, INSTANT_ID, PULID
from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.preprocessors.face_files import ANTELOPE, BUFFALO
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.engine.engine import Engine
from tests.engines import CHECKPOINT, pixels
from tests.extensions.controlnet import eva_files, ip_files
from tests.extensions.controlnet.control_engine import MODELS, control_engine, generate
from tests.extensions.controlnet.face_files import Told, told_face, write_arcface, write_scrfd
from tests.extensions.controlnet.maps.faces.test_grey_features import write_files

FILES = {
    "face": "ip-adapter-faceid_sd15.bin",
    "face-plusv2": "ip-adapter-faceid-plusv2_sd15.bin",
    "instant": "ip-adapter_instant_id_sdxl.bin",
    "pulid": "ip-adapter_pulid_sdxl_fp16.safetensors",
}
KEYPOINTS = "instant_id_face_keypoints"
CONTROL, TEXTUAL = "control_instant_id_sdxl", "control_of_texts"
FACE = 20 * np.random.RandomState(3).standard_normal(512).astype(np.float32)


def picture(seed: int = 0) -> str:
    values = np.random.RandomState(seed).randint(0, 256, (96, 96, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def write_pack(folder: Path, names: tuple[str, ...], *faces: Told) -> None:
    write_scrfd(folder / names[0], *faces)
    write_arcface(folder / names[1], FACE)


def attentive() -> dict[str, torch.Tensor]:
    """A ControlNet in which what it reads counts for much."""
    tensors = load_file(MODELS / "ControlNet" / "tiny-control-canny.safetensors")
    return {name: 30 * t if "attn2.to_v" in name else t for name, t in tensors.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    engine: Engine
    folder: Path


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("faces")
    shapes = read_header(MODELS / "Stable-diffusion" / CHECKPOINT).shapes()
    for kind, name in FILES.items():
        parts = ip_files.tensors_for(ip_files.key_shapes(shapes), kind)
        ip_files.write_parts(parts, folder / name)
    for name in (CONTROL, TEXTUAL):
        save_file(attentive(), folder / f"{name}.safetensors")
    annotators = folder / "annotators"
    write_pack(annotators / "insightface" / "models" / "buffalo_l", BUFFALO, told_face(200, 200, 2))
    write_pack(annotators / "insightface" / "models" / "antelopev2", ANTELOPE, told_face(200, 200, 2))
    ip_files.tiny_tower(annotators / "clip_h")
    eva_files.write_tower(annotators)
    write_files(annotators, sees=True)
    with control_engine(folder / "data", controlnets=folder, annotators=annotators) as made:
        yield Bench(engine=made, folder=folder)


def unit(kind: str, **values: Any) -> dict[str, Any]:
    module = INSTANT_ID if kind == "instant" else "ip-adapter-auto"
    return {"image": picture(), "module": module, "model": Path(FILES[kind]).stem, **values}


def keypoints(**values: Any) -> dict[str, Any]:
    return {"image": picture(), "module": KEYPOINTS, "model": CONTROL, **values}


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=() if k == "pulid" else pytest.mark.slow) for k in FILES]
)
def test_faces_steer_and_leave_the_unet_as_it_was(bench: Bench, kind: str) -> None:
    base = pixels(generate(bench.engine))
    made = generate(bench.engine, unit(kind))
    assert np.abs(pixels(made) - base).mean() > 0
    assert np.array_equal(pixels(generate(bench.engine, unit(kind, weight=0.0))), base)
    assert np.array_equal(pixels(generate(bench.engine)), base)


def test_pulid_shows_the_grey_face_and_others_the_picture(bench: Bench) -> None:
    shown = pixels(generate(bench.engine, unit("pulid")), 1)
    assert shown.shape == (512, 512, 3) and bool((shown == shown[:, :, :1]).all())
    assert pixels(generate(bench.engine, unit("face")), 1).shape == (96, 96, 3)


def test_modes_of_pulid_differ(bench: Bench) -> None:
    made = [
        pixels(generate(bench.engine, unit("pulid", pulid_mode=m))) for m in ("Fidelity", "Extremely style")
    ]
    assert not np.array_equal(made[0], made[1])


def test_an_instant_id_control_reads_the_face_before_it(bench: Bench) -> None:
    both = pixels(generate(bench.engine, unit("instant"), keypoints()))
    alone = pixels(generate(bench.engine, unit("instant")))
    other = pixels(generate(bench.engine, unit("instant"), keypoints(model=TEXTUAL)))
    assert not np.array_equal(both, alone)
    # the same network with the same map, but with the prompt's texts
    assert not np.array_equal(both, other)
    drawn = pixels(generate(bench.engine, unit("instant"), keypoints()), 2)
    assert (drawn > 0).any()


@pytest.mark.parametrize("before", [(), ("face",)])
def test_an_instant_id_control_needs_a_face_before_it(bench: Bench, before: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest, match="the unit before it") as caught:
        generate(bench.engine, *(unit(kind) for kind in before), keypoints())
    assert caught.value.field == f"always_on.controlnet.args.{len(before)}.model"


def test_what_does_not_fit_names_what_does(bench: Bench) -> None:
    with pytest.raises(InvalidRequest, match=f"choose {FACE_ID}") as caught:
        generate(bench.engine, unit("face", module="ip-adapter_clip_sd15"))
    assert caught.value.field == "always_on.controlnet.args.0.module"


def embedding(bench: Bench, module: str) -> str:
    request = DetectRequest(images=(base64.b64decode(picture()),), module=module)
    result = bench.engine.run(request)
    assert isinstance(result, DetectResult)
    return str(result.found["tensor"][0])


@pytest.mark.parametrize(
    ("kind", "module"),
    [
        ("face", FACE_ID),
        ("face-plusv2", "ip-adapter_face_id_plus"),
        ("instant", INSTANT_ID),
        ("pulid", PULID),
    ],
)
def test_embeddings_stand_for_their_faces(bench: Bench, kind: str, module: str) -> None:
    given = unit(kind, module=module, image=None, ipadapter_input=[embedding(bench, module)])
    assert np.array_equal(pixels(generate(bench.engine, given)), pixels(generate(bench.engine, unit(kind))))


def test_identities_are_normalised_for_face_id_only(bench: Bench) -> None:
    lengths = {
        module: float(torch.load(io.BytesIO(base64.b64decode(embedding(bench, module)))).norm())
        for module in (FACE_ID, INSTANT_ID)
    }
    assert lengths[FACE_ID] == pytest.approx(1.0)
    assert lengths[INSTANT_ID] == pytest.approx(float(np.linalg.norm(FACE)))


def test_missing_files_and_faces_are_named(tmp_path: Path, bench: Bench) -> None:
    with control_engine(tmp_path, controlnets=bench.folder, annotators=tmp_path) as engine:
        with pytest.raises(MissingWeights, match=r"det_10g\.onnx, w600k_r50\.onnx in"):
            generate(engine, unit("face"))
        write_pack(tmp_path, BUFFALO)
        with pytest.raises(InvalidRequest, match="no face was found") as caught:
            generate(engine, unit("face"))
        assert caught.value.field == "always_on.controlnet.args.0.module"
