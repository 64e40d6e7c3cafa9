"""Preprocessors whose networks are loaded here: their files, and which module reads them; no torch."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

from extensions.controlnet.maps.algorithms import Sliders
from extensions.controlnet.preprocessors.modules import ANTELOPE, FACE_HELPERS, Module
from extensions.controlnet.preprocessors.weights import LAYOUT
from extensions.controlnet.units.pictures import Array

Run: TypeAlias = Callable[[Array, Sliders], Array]
"""A loaded network: picture (h, w, 3 or 4) -> map."""


class DetectorLoader(Protocol):
    """Reads a network onto a device. Raises CorruptFile."""

    def __call__(self, module: Module, files: tuple[Path, ...], device: str) -> Run: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreprocessorNet:
    """``source``: the module under ``extensions.controlnet`` whose ``load`` reads it.

    ``choices``: sets of files, each enough.
    """

    source: str
    choices: tuple[tuple[str, ...], ...]

    @property
    def load(self) -> DetectorLoader:
        """The loader; importing it imports torch."""
        return cast(
            "DetectorLoader", importlib.import_module(f"extensions.controlnet.maps.{self.source}").load
        )


def _folders(*names: str) -> tuple[tuple[str, ...], ...]:
    """Folders in transformers' layout."""
    return tuple(tuple(f"{name}/{file}" for file in LAYOUT) for name in names)


def _network(source: str, *files: str) -> PreprocessorNet:
    """One that all these files together make."""
    return PreprocessorNet(source=source, choices=(files,))


NETWORKS: Mapping[str, PreprocessorNet] = {
    "depth_anything": PreprocessorNet(
        source="detectors.depth_anything",
        choices=(("depth_anything_vitl14.pth",), *_folders("depth_anything", "depth-anything-large-hf")),
    ),
    "depth_anything_v2": PreprocessorNet(
        source="detectors.depth_anything",
        choices=(
            ("depth_anything_v2_vitl.safetensors",),
            ("depth_anything_v2_vitl.pth",),
            *_folders("depth_anything_v2", "Depth-Anything-V2-Large-hf"),
        ),
    ),
    "oneformer_ade20k": PreprocessorNet(
        source="detectors.oneformer", choices=_folders("oneformer_ade20k", "oneformer_ade20k_swin_large")
    ),
    "oneformer_coco": PreprocessorNet(
        source="detectors.oneformer", choices=_folders("oneformer_coco", "oneformer_coco_swin_large")
    ),
    "segmentation": PreprocessorNet(
        source="detectors.uniformer_segmentation", choices=(("upernet_global_small.pth",),)
    ),
    "softedge_anyline": _network("detectors.anyline", "MTEED.pth"),
    "dw_openpose_full": _network("poses.dwpose", "yolox_l.onnx", "dw-ll_ucoco_384.onnx"),
    "animal_openpose": _network(
        "poses.animal_pose",
        "yolox_l.onnx",
        "rtmpose-m_simcc-ap10k_pt-aic-coco_210e-256x256-7a041aa1_20230206.onnx",
    ),
    "mobile_sam": _network("detectors.mobile_sam", "mobile_sam.pt"),
    "anime_face_segment": _network("detectors.anime_face", "UNet.pth"),
    "densepose": _network("detectors.densepose", "densepose_r50_fpn_dl.torchscript"),
    "densepose_parula": _network("detectors.densepose", "densepose_r50_fpn_dl.torchscript"),
    "lineart_anime_denoise": _network("detectors.manga_lines", "erika.pth"),
    "inpaint_only+lama": PreprocessorNet(
        source="detectors.lama", choices=(("ControlNetLama.pth",), ("big-lama.pt",))
    ),
    "instant_id_face_keypoints": _network("faces.keypoints", ANTELOPE[0]),
    "facexlib": _network("faces.grey_features", *FACE_HELPERS),
}
"""Module key -> network."""
