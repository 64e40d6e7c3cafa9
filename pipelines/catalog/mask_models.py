"""The networks that make masks: their names, and the places of their weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipelines.catalog.files import walk
from pipelines.catalog.model_folders import folders_of_kind
from pipelines.contract.errors import MissingWeights
from pipelines.contract.settings import Folders

SALIENCY, SEGMENT_ANYTHING, GROUNDING_DINO = "rembg", "sam", "grounding-dino"
"""Their folders below the folder of models."""
SAM_FILES = {
    "vit_b": "sam_vit_b_01ec64.pth",
    "vit_l": "sam_vit_l_0b3195.pth",
    "vit_h": "sam_vit_h_4b8939.pth",
}
"""The published file of each size."""
LAYOUT = "config.json, model.safetensors"
DINO_LAYOUT = f"{LAYOUT}, tokenizer.json"
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SPREAD = (0.229, 0.224, 0.225)
CLOTHES = "u2net_cloth_seg"
CLOTH_CLASSES = {"upper": 1, "lower": 2, "full": 3}
"""The classes of that network by piece of clothing; 0 is everything else."""
_PLAIN = (1.0, 1.0, 1.0)
_SUFFIXES = (".safetensors", ".pth", ".pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaliencyModel:
    """The side of the square that a network sees, and the mean and spread that colours are normalised by."""

    side: int
    mean: tuple[float, float, float] = IMAGENET_MEAN
    spread: tuple[float, float, float] = IMAGENET_SPREAD


SALIENCY_MODELS = {
    "u2net": SaliencyModel(side=320),
    "u2netp": SaliencyModel(side=320),
    "u2net_human_seg": SaliencyModel(side=320),
    CLOTHES: SaliencyModel(side=768),
    "silueta": SaliencyModel(side=320),
    "isnet-general-use": SaliencyModel(side=1024, mean=(0.5, 0.5, 0.5), spread=_PLAIN),
    "isnet-anime": SaliencyModel(side=1024, spread=_PLAIN),
}
"""As rembg (MIT) names and feeds them."""


def saliency_file(folders: Folders, model: str, *, field: str) -> Path:
    """Find the ONNX file of a network that separates a picture's subject. Raises MissingWeights."""
    folder = folders.models / SALIENCY
    named = (path for path in walk(folder, (".onnx",)) if path.stem.lower() == model.lower())
    return next(named, None) or _missing(f"{model} needs the file {model}.onnx in the folder {folder}", field)


def segment_anything_home(folders: Folders, size: str, *, field: str) -> Path:
    """Find Segment Anything: a folder in transformers' layout, or a file as published.

    ``size``: ``vit_b``, ``vit_l`` or ``vit_h``; empty for whichever there is. Raises MissingWeights.
    """
    place = folders.models / SEGMENT_ANYTHING
    found = [
        *folders_of_kind((place,), "sam"),
        *(path for path in walk(place, _SUFFIXES) if _published(path)),
    ]
    fitting = (home for home in found if size in home.name.lower().replace("-", "_"))
    file = SAM_FILES.get(size, SAM_FILES["vit_b"])
    text = (
        f"Segment Anything {size or 'vit_b'} needs the file {file} in the folder {place}, or a folder there "
        f"in transformers' layout ({LAYOUT})"
    )
    return next(fitting, None) or _missing(text, field)


def grounding_dino_folder(folders: Folders, *, field: str) -> Path:
    """Find the folder of Grounding DINO in transformers' layout. Raises MissingWeights."""
    place = folders.models / GROUNDING_DINO
    text = (
        f"Grounding DINO needs a folder in transformers' layout ({DINO_LAYOUT}), as grounding-dino-tiny "
        f"is published, in the folder {place}"
    )
    return next(folders_of_kind((place,), "grounding-dino"), None) or _missing(text, field)


def _published(path: Path) -> bool:
    """True for a file as published, not one of a folder in transformers' layout."""
    return path.name.lower().startswith("sam_vit_")


def _missing(text: str, field: str) -> NoReturn:
    raise MissingWeights(text, field=field)
