"""Import parts of controlnet-aux, and load their files: on the CPU first, tensors only."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch


def aux_module(name: str) -> ModuleType:
    """A module of the package; the warnings of its import, which concern its authors, are dropped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"controlnet_aux.{name}")


@contextmanager
def safe_loading() -> Generator[None]:
    """While entered, ``torch.load`` reads tensors only, and those of a GPU onto the CPU.

    Most detectors name no device, which fails for files that were saved on a GPU.
    """
    original = torch.load

    def load(*args: Any, **options: Any) -> Any:
        return original(*args, **{"map_location": "cpu", **options, "weights_only": True})

    torch.load = load  # the package calls it by this name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.load = original
