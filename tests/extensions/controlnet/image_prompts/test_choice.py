"""The preprocessor of an IP-Adapter unit, by the published files."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.controlnet.image_prompts.choice import adapter_preprocessor
from extensions.controlnet.image_prompts.layout import adapter_layout
from extensions.controlnet.units.catalog import ControlFile
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet import tiny

PUBLISHED = [
    ({"proj.weight": (3072, 1024), "norm.weight": (768,)}, "ip-adapter_clip_sd15"),
    ({"proj.weight": (3072, 1280), "norm.weight": (768,)}, "ip-adapter_clip_sdxl"),
    ({"proj.weight": (8192, 1280), "norm.weight": (2048,)}, "ip-adapter_clip_sdxl"),
    ({"proj.weight": (8192, 1024), "norm.weight": (2048,)}, "ip-adapter_clip_sd15"),
    ({"proj.0.weight": (1280, 1280), "proj.3.weight": (768,)}, "ip-adapter_clip_sd15"),
    (
        {"latents": (1, 16, 768), "proj_in.weight": (768, 1280), "layers.0.0.to_q.weight": (768, 768)},
        "ip-adapter_clip_sd15",
    ),
    (
        {"proj.0.weight": (1024, 512), "proj.2.weight": (3072, 1024), "norm.weight": (768,)},
        "ip-adapter_face_id",
    ),
    (
        {"latents": (1, 16, 1280), "proj_in.weight": (1280, 512), "layers.0.0.to_q.weight": (1280, 1280)},
        "instant_id_face_embedding",
    ),
]


@pytest.mark.parametrize(("shapes", "module"), PUBLISHED)
def test_auto_finds_the_preprocessor_of_published_files(
    shapes: dict[str, tuple[int, ...]], module: str
) -> None:
    named = {f"image_proj.{n}": s for n, s in shapes.items()}
    layout = adapter_layout({**named, "ip_adapter.1.to_k_ip.weight": (320, 768)}, Path("ip-adapter.bin"))
    file = ControlFile(path=Path("ip-adapter.bin"), short_hash="e3b0c442")
    auto = tiny.tiny_unit("ip-adapter-auto").unit
    assert adapter_preprocessor(auto, layout, file).key == module
    by_hand = tiny.tiny_unit("ip-adapter_clip_sdxl_plus_vith").unit
    assert adapter_preprocessor(by_hand, layout, file).key == "ip-adapter_clip_sdxl_plus_vith"
    with pytest.raises(InvalidRequest, match="ip-adapter-auto") as caught:
        adapter_preprocessor(tiny.tiny_unit("canny").unit, layout, file)
    assert caught.value.field == "args.0.module"
