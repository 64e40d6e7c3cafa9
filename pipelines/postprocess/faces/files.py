"""The weight files of face restoration, and the places where they are looked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from pipelines.catalog.contents import contents_of
from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.contract.settings import Folders
from pipelines.families.loading.read import read_tensors

DETECTOR = "detection_Resnet50_Final.pth"
PARSER = "parsing_parsenet.pth"
RESTORERS = {
    "GFPGAN": ("GFPGANv1.4.pth", "GFPGANv1.3.pth"),
    "CodeFormer": ("codeformer-v0.1.0.pth", "codeformer.pth"),
}


def restorer_file(folders: Folders, model: str) -> Path:
    """Find the weights of GFPGAN or CodeFormer. Raises MissingWeights."""
    own = folders.gfpgan if model == "GFPGAN" else folders.codeformer
    places = (*own, folders.models / model)
    named = _first(places, RESTORERS[model])
    prefix = model.lower()
    others = (p for place in places if place.is_dir() for p in sorted(place.glob("*.pth")))
    found = named or next((p for p in others if p.name.lower().startswith(prefix)), None)
    return found or _missing(RESTORERS[model][0], places[0], model)


def helper_file(folders: Folders, name: str, model: str) -> Path:
    """Find the weights of the detector or the parser, for that restorer. Raises MissingWeights."""
    places = (
        *folders.gfpgan,
        *folders.codeformer,
        *(
            folders.models / p
            for p in ("GFPGAN", "Codeformer", "CodeFormer", "facelib", "facexlib", "facedetection")
        ),
    )
    return _first(places, (name,)) or _missing(name, places[0], model)


def load_helper(module: torch.nn.Module, path: Path, device: torch.device) -> None:
    """Fill a network from its file and make it ready. Raises CorruptFile."""
    tensors: dict[str, Any] = {k.removeprefix("module."): v for k, v in read_tensors(path).items()}
    try:
        module.load_state_dict(tensors, strict=False)
        missing = set(module.state_dict()) - set(tensors)
    except RuntimeError as error:
        raise CorruptFile(f"{path.name} does not fit: {_other(path, tensors)}") from error
    absent = sorted(name for name in missing if not name.endswith("num_batches_tracked"))
    if absent:
        raise CorruptFile(f"{path.name} has no {absent[0]}: {_other(path, tensors)}")
    module.eval().requires_grad_(False).to(device)


def _other(path: Path, names: Iterable[str]) -> str:
    found = contents_of(names)
    what = f"it holds {found.what}" if found else "it holds another network"
    return f"{what}; the file that facexlib publishes as {path.name} is needed"


def _first(places: Iterable[Path], names: tuple[str, ...]) -> Path | None:
    return next((place / n for n in names for place in places if (place / n).is_file()), None)


def _missing(name: str, folder: Path, model: str) -> Path:
    raise MissingWeights(f"{model} needs the file {name} in the folder {folder}", field="restore_faces")
