"""The table of families, and the choice among them by a checkpoint's tensors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.files import stamp
from pipelines.catalog.tensor_shapes import tensor_shapes
from pipelines.contract.errors import UnsupportedModel
from pipelines.families.base import Family
from pipelines.families.foreign import SD3_MARK, foreign_title, what_instead
from pipelines.families.loading.layout import Shapes
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sd2 import SD2
from pipelines.families.sd.sdxl import SDXL, SDXL_REFINER

BUILT_IN: tuple[Family, ...] = (SD1, SD2, SDXL, SDXL_REFINER)


def recognise(shapes: Shapes, families: Sequence[Family] = BUILT_IN) -> Family:
    """Return the first family that recognises these tensors.

    Raises UnsupportedModel, which names a family that is not supported, or describes the file.
    """
    for family in families:
        if family.recognises(shapes):
            return family
    title = "Stable Diffusion 3" if SD3_MARK in shapes else foreign_title(shapes)
    if title is not None:
        raise UnsupportedModel(f"{title} checkpoints are not supported yet")
    raise UnsupportedModel(what_instead(shapes))


def shapes_in(checkpoint: Path) -> Shapes:
    """Shapes of a file's tensors; torch files may hold keys of any kind, which are left out.

    Raises CorruptFile.
    """
    shapes = tensor_shapes(checkpoint)
    return {name: shape for name, shape in shapes.items() if isinstance(name, str)}  # pyright: ignore[reportUnnecessaryIsInstance]


def family_of(checkpoint: Path) -> Family | None:
    """Return the built-in family of a file, by its header; None if it belongs to none.

    Families that are added to an installation are known to engines alone. Raises CorruptFile.
    """
    return _family_of(checkpoint, stamp(checkpoint))


@lru_cache(maxsize=4096)
def _family_of(checkpoint: Path, version: object) -> Family | None:
    try:
        return recognise(shapes_in(checkpoint))
    except UnsupportedModel:
        return None
