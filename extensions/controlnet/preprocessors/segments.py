"""Rows of preprocessors that colour every segment of a picture."""

from __future__ import annotations

from extensions.controlnet.preprocessors.preprocessor import Preprocessor, folder, together

SEGMENTS: tuple[Preprocessor, ...] = (
    Preprocessor(
        key="segmentation",
        label="seg_ufade20k",
        types=("Segmentation",),
        load="extensions.controlnet.maps.detectors.uniformer_segmentation:load",
        files=together("upernet_global_small.pth"),
    ),
    Preprocessor(
        key="oneformer_ade20k",
        label="seg_ofade20k",
        types=("Segmentation",),
        load="extensions.controlnet.maps.detectors.oneformer:load",
        files=(folder("oneformer_ade20k"), folder("oneformer_ade20k_swin_large")),
        variant="ade20k",
    ),
    Preprocessor(
        key="oneformer_coco",
        label="seg_ofcoco",
        types=("Segmentation",),
        load="extensions.controlnet.maps.detectors.oneformer:load",
        files=(folder("oneformer_coco"), folder("oneformer_coco_swin_large")),
        variant="coco",
    ),
    Preprocessor(
        key="anime_face_segment",
        label="seg_anime_face",
        types=("Segmentation",),
        load="extensions.controlnet.maps.detectors.anime_face:load",
        files=together("UNet.pth"),
    ),
    Preprocessor(
        key="mobile_sam",
        types=("Segmentation",),
        load="extensions.controlnet.maps.detectors.mobile_sam:load",
        files=together("mobile_sam.pt"),
    ),
)
