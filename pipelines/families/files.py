"""The files of a model: the checkpoint, and files of their own for parts that it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from pipelines.catalog.files import walk
from pipelines.catalog.tensor_shapes import tensor_shapes
from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.families.base import ModelPart
from pipelines.families.loading.assemble import TensorPool
from pipelines.families.loading.layout import Shapes
from pipelines.families.loading.read import read_tensors
from pipelines.families.precision import Precision

SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".bin")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlace:
    """The number formats and device of a model to build, and the yaml for files without their own."""

    precision: Precision
    device: torch.device
    fallback_config: Path | None = None


@dataclass(slots=True, kw_only=True)
class ModelFiles:
    """The tensors of one model.

    ``pool`` holds the checkpoint's. ``others`` are the files of parts that the checkpoint lacks, by the
    part's name; they are read when they are asked for. ``name`` is the model's name for clients.
    """

    path: Path
    name: str
    pool: TensorPool
    others: Mapping[str, Path] = field(default_factory=dict[str, Path])

    @property
    def shapes(self) -> Shapes:
        """Shapes of the checkpoint's tensors by name."""
        return {key: tuple(tensor.shape) for key, tensor in self.pool.tensors.items()}

    def part(self, name: str) -> TensorPool:
        """Return the tensors among which a part's are: its own file's, or the checkpoint's."""
        return TensorPool(read_tensors(self.others[name])) if name in self.others else self.pool


def find_parts(
    shapes: Shapes, parts: Sequence[ModelPart], models: Path | None, asked: Mapping[str, Path] | None = None
) -> dict[str, Path]:
    """Find files for the parts that a checkpoint with these tensors lacks.

    Those ``asked`` for, by the part's name, come first; otherwise the first by name that fits is taken.
    Raises MissingWeights, which names the missing part and its folder.
    """
    found: dict[str, Path] = {}
    for part in parts:
        if part.recognises(shapes):
            continue
        path = (asked or {}).get(part.name)
        if part.folder is not None and (path is None or not _fits(part, path)):
            path = None if models is None else _first(part, models / part.folder)
        if path is None:
            raise _missing(part)
        found[part.name] = path
    return found


def no_vae(whose: str) -> MissingWeights:
    """Return the error for a checkpoint that has no VAE, neither of its own nor by an option."""
    remedy = "choose a file of the folder models/VAE with the option sd_vae"
    text = f"{whose} holds no VAE, which makes pictures of latents: {remedy}"
    return MissingWeights(text, field="options.sd_vae")


def _missing(part: ModelPart) -> MissingWeights:
    if part.folder is None:
        return no_vae("the checkpoint")
    return MissingWeights(f"the checkpoint holds no {part.name}: put one into the folder {part.folder}")


def _first(part: ModelPart, folder: Path) -> Path | None:
    return next((path for path in sorted(walk(folder, SUFFIXES)) if _fits(part, path)), None)


def _fits(part: ModelPart, path: Path) -> bool:
    try:
        return part.recognises(tensor_shapes(path))
    except CorruptFile:
        return False  # a damaged neighbour is no reason to refuse the checkpoint
