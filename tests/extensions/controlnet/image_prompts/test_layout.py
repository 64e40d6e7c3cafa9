"""An IP-Adapter's architecture from the names and shapes of its tensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.controlnet.image_prompts.layout import (
    CLIP_G,
    CLIP_H,
    FACE_ID,
    FACE_ID_PLUS,
    INSTANT_ID,
    PULID,
    AdapterLayout,
    Projector,
    adapter_layout,
    flat_names,
)
from pipelines.contract.errors import CorruptFile
from tests.extensions.controlnet import ip_files

CONTEXT = 48


def layout(kind: str, name: str = "adapter.bin") -> AdapterLayout:
    shapes = {f"image_proj.{n}": s for n, s in ip_files.SHAPES[kind](CONTEXT).items()}
    for number in (1, 3):
        shapes[f"ip_adapter.{number}.to_k_ip.weight"] = (32, CONTEXT)
        shapes[f"ip_adapter.{number}.to_v_ip.weight"] = (32, CONTEXT)
    return adapter_layout(shapes, Path(name))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("plain", {"projector": Projector.LINEAR, "input_width": ip_files.POOLED, "tokens": 4}),
        ("full", {"projector": Projector.MLP, "input_width": ip_files.HIDDEN}),
        (
            "plus",
            {
                "projector": Projector.RESAMPLER,
                "input_width": ip_files.HIDDEN,
                "tokens": 16,
                "width": ip_files.WIDTH,
                "heads": 2,
                "depth": 4,
            },
        ),
        (
            "instant",
            {
                "projector": Projector.IDENTITY,
                "input_width": 512,
                "tokens": 16,
                "width": ip_files.WIDTH,
                "heads": 2,
                "depth": 4,
            },
        ),
        ("face", {"projector": Projector.FACE, "input_width": 512, "tokens": 4}),
        (
            "face-plus",
            {
                "projector": Projector.FACE_PLUS,
                "input_width": ip_files.HIDDEN,
                "tokens": 4,
                "width": CONTEXT,
                "heads": 2,
                "depth": 4,
            },
        ),
        (
            "pulid",
            {"projector": Projector.PORTRAIT, "input_width": 1280, "tokens": 10, "width": ip_files.FEATURE},
        ),
    ],
)
def test_every_published_kind_is_known(kind: str, expected: dict[str, Any]) -> None:
    assert layout(kind) == AdapterLayout(context_width=CONTEXT, attentions=2, **expected)


@pytest.mark.parametrize(
    ("name", "shortcut"),
    [("ip-adapter-faceid-plusv2_sd15.bin", True), ("FaceID-PlusV2.bin", True), ("faceid-plus.bin", False)],
)
def test_the_second_version_of_face_id_plus_is_known_by_its_name(name: str, shortcut: bool) -> None:
    assert layout("face-plus", name).shortcut is shortcut


@pytest.mark.parametrize(
    ("projector", "width", "expected"),
    [
        (Projector.LINEAR, 1024, CLIP_H),
        (Projector.LINEAR, 1280, CLIP_G),
        (Projector.RESAMPLER, 1280, CLIP_H),
        (Projector.MLP, 1664, CLIP_G),
        (Projector.RESAMPLER, 1024, None),
        (Projector.FACE, 512, FACE_ID),
        (Projector.FACE_PLUS, 1280, FACE_ID_PLUS),
        (Projector.IDENTITY, 512, INSTANT_ID),
        (Projector.PORTRAIT, 1280, PULID),
    ],
)
def test_the_preprocessor_is_that_of_the_input(
    projector: Projector, width: int, expected: str | None
) -> None:
    made = AdapterLayout(projector=projector, input_width=width, context_width=4, attentions=1, width=7)
    assert made.preprocessor == expected


def test_widths_are_those_of_all_inputs() -> None:
    assert layout("plain").widths == (ip_files.POOLED,)
    assert layout("face-plus").widths == (512, ip_files.HIDDEN)
    assert layout("pulid").widths == (1280, *(ip_files.FEATURE,) * 5)


def test_nested_tables_become_flat() -> None:
    nested = {"image_proj": {"a": 1}, "ip_adapter": {"1.k": 2}, "epoch": 3}
    assert flat_names(nested) == {"image_proj.a": 1, "ip_adapter.1.k": 2, "epoch": 3}


def test_a_file_without_attention_is_refused() -> None:
    with pytest.raises(CorruptFile, match=r"a\.bin holds no attention of an IP-Adapter"):
        adapter_layout({"image_proj.proj.weight": (4, 4)}, Path("a.bin"))
    with pytest.raises(CorruptFile, match=r"proj\.weight"):
        adapter_layout({"ip_adapter.1.to_k_ip.weight": (4, 4)}, Path("a.bin"))
