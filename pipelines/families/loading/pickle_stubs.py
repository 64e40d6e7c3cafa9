"""Harmless stand-ins for objects that training tools leave in a torch file with its tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch

Allowed = Callable[..., Any] | tuple[Callable[..., Any], str]


class Stub:
    """Stands for an object of which nothing is used."""

    def __new__(cls, *arguments: object, **options: object) -> Stub:
        return super().__new__(cls)

    def __setstate__(self, state: object) -> None:
        pass


class InertObject:
    """Stands for an object of any class, which stays unknown; keeps the state that the file gives it."""

    state: dict[object, object]

    def __new__(cls, *arguments: object, **options: object) -> InertObject:
        made = super().__new__(cls)
        made.state = {}
        return made

    def __init__(self, *arguments: object, **options: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        if isinstance(state, dict):
            self.state = cast("dict[object, object]", state)

    def __setitem__(self, key: object, value: object) -> None:
        pass


def no_number(*arguments: object) -> None:
    """Stands for a numpy scalar."""


def no_bytes(*arguments: object) -> bytes:
    """Stands for re-encoded text, which only numpy's scalars use."""
    return b""


_STUBBED = (
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    "pytorch_lightning.callbacks.ModelCheckpoint",
    "lightning.pytorch.callbacks.model_checkpoint.ModelCheckpoint",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
)

ALLOWED: list[Allowed] = [
    *((Stub, name) for name in _STUBBED),
    (no_number, "numpy.core.multiarray.scalar"),
    (no_number, "numpy._core.multiarray.scalar"),
    (no_bytes, "_codecs.encode"),
    set,
    torch.nn.ParameterDict,
]
"""Names that a restricted unpickler may meet beyond torch's own list (A1111's list of harmless ones)."""
