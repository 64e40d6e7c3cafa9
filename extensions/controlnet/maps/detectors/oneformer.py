"""OneFormer in transformers' class: the class of every pixel, in the colours of a data set.

Jain et al. 2022, arXiv:2211.06220.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from transformers.models.oneformer.modeling_oneformer import OneFormerForUniversalSegmentation

from extensions.controlnet.maps.detectors.palettes import ade_palette, coco_palette
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import (
    END,
    IMAGENET_MEAN,
    IMAGENET_SPREAD,
    START,
    UnsupportedModel,
    clip_tokenizer,
    input_edges,
    local_network,
)

TASK = "the task is semantic"
PALETTES: Mapping[str, Callable[[], Array]] = {"coco": coco_palette, "ade20k": ade_palette}
"""Variant -> colours of a data set."""


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a folder. Raises CorruptFile, UnsupportedModel for one of another data set."""
    folder = files[0].parent
    network = local_network(OneFormerForUniversalSegmentation, folder, field="module")
    config: Any = network.config
    palette = PALETTES[preprocessor.variant]()
    classes = int(config.num_labels)
    if classes > len(palette):
        text = f"{folder.name} knows {classes} classes, {preprocessor.title} {len(palette)}"
        raise UnsupportedModel(text, field="module")
    shortest, longest = input_edges(folder)
    cast("nn.Module", network).to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(palette[class_map(network, padded, shortest, longest)])

    return run


def class_map(
    network: OneFormerForUniversalSegmentation, picture: Array, shortest: int, longest: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(h, w): the class of every pixel."""
    height, width = picture.shape[:2]
    device = next(cast("nn.Module", network).parameters()).device
    config: Any = network.config
    k = min(shortest / min(height, width), longest / max(height, width))
    size = (max(1, round(width * k)), max(1, round(height * k)))
    with torch.no_grad():
        made: Any = cast("nn.Module", network)(
            pixel_values=_pixels(picture, size).to(device),
            task_inputs=task_tokens(int(config.task_seq_len)).to(device),
        )
    classes: Tensor = made.class_queries_logits.softmax(dim=-1)[..., :-1]
    masks: Tensor = made.masks_queries_logits.sigmoid()
    scores = torch.einsum("bqc,bqhw->bchw", classes, masks)
    scores = nn.functional.interpolate(scores, size=(height, width), mode="bilinear", align_corners=False)
    return scores[0].argmax(dim=0).cpu().numpy()


def task_tokens(length: int) -> Tensor:
    """(1, length): the ids of the task's sentence, zeros behind it."""
    ids = [START, *clip_tokenizer().encode([TASK])[0], END]
    return torch.tensor([[*ids, *([0] * length)][:length]])


def _pixels(picture: Array, size: tuple[int, int]) -> Tensor:
    scaled = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.float32) / 255.0
    values = (scaled - np.array(IMAGENET_MEAN, np.float32)) / np.array(IMAGENET_SPREAD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]
