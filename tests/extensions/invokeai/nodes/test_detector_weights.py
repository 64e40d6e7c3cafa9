"""Detector nodes on networks with random weights, in files as they are published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from extensions.controlnet.maps.aux_package import aux_module
from extensions.invokeai.store.images import ImageWish
from tests.extensions.controlnet.control_engine import folder_flags
from tests.extensions.controlnet.maps.detectors.test_depth_anything import authors_tensors
from tests.extensions.controlnet.maps.test_aux_detectors import save, seeded
from tests.extensions.controlnet.maps.test_aux_detectors_slow import lineart_anime, normal_bae
from tests.extensions.invokeai.graphs import GraphEngine, graph, graph_engine

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
SIZE = 80, 64
NODES: Mapping[str, Mapping[str, Any]] = {
    "hed_edge_detection": {"scribble": True},
    "pidi_edge_detection": {"quantize_edges": True},
    "lineart_edge_detection": {"coarse": True},
    "lineart_anime_edge_detection": {},
    "mlsd_detection": {"score_threshold": 0.1, "distance_threshold": 1.0},
    "normal_map": {},
    "depth_anything_depth_estimation": {"model_size": "small_v2"},
    "infill_lama": {},
}


def write_networks(folder: Path) -> None:
    """Write a file of every network, as it is published."""
    wrapped: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "ControlNetHED.pth": (lambda: aux_module("hed").ControlNetHED_Apache2(), lambda table: table),
        "table5_pidinet.pth": (
            lambda: aux_module("pidi.model").pidinet(),
            lambda table: {"state_dict": table},
        ),
        "mlsd_large_512_fp32.pth": (
            lambda: aux_module("mlsd.models.mbv2_mlsd_large").MobileV2_MLSD_Large(),
            lambda table: table,
        ),
        "ControlNetLama.pth": (
            lama,
            lambda table: {"state_dict": {f"generator.{key}": t for key, t in table.items()}},
        ),
        **{
            name: (lambda: aux_module("lineart").Generator(3, 1, 3), lambda table: table)
            for name in ("sk_model.pth", "sk_model2.pth")
        },
    }
    for name, (make, wrap) in wrapped.items():
        save(seeded(make), folder / name, wrap)
    save_file(authors_tensors(), folder / "depth_anything_v2_vitl.safetensors")
    for tables in (lineart_anime(), normal_bae()):
        for name, table in tables.items():
            torch.save(table, folder / name)


def lama() -> Any:
    from spandrel.architectures.LaMa import LaMa

    return LaMa(in_nc=4, out_nc=3).model


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    folder = tmp_path_factory.mktemp("annotators")
    write_networks(folder)
    with graph_engine(tmp_path_factory.mktemp("data"), flags=folder_flags(annotators=folder)) as made:
        yield made


@pytest.mark.parametrize("kind", NODES)
def test_a_detector_with_its_files_makes_a_map(kind: str, engine: GraphEngine) -> None:
    image = Image.effect_noise(SIZE, 64).convert("RGBA")
    image.paste((0, 0, 0, 0), (20, 20, 40, 40))
    name = engine.store.images.save(image, ImageWish()).image_name
    ran = engine.run(graph({"n": {"type": kind, "image": {"image_name": name}, **NODES[kind]}}))
    assert ran.failure is None, ran.item["error_traceback"]
    assert (ran.outputs["n"]["width"], ran.outputs["n"]["height"]) == SIZE
