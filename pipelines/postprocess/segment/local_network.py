"""Networks of transformers from a folder on disk: safetensors first, pickles by the restricted unpickler."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from safetensors import SafetensorError
from torch import nn

from pipelines.catalog.bounded import read_json
from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.read import read_tensors

M = TypeVar("M", bound=nn.Module)
DAMAGE = (OSError, ValueError, RuntimeError, TypeError, AttributeError, LookupError, SafetensorError)
PICKLE = "pytorch_model.bin"
SHORTEST, LONGEST = 800, 1333
"""Edges in pixels that a picture is brought to, unless a folder names others."""
LARGEST = 4096
INDICES = "relative_position_index"
"""Tables that a network makes itself, and that old files hold."""


def local_network(kind: type[M], folder: Path, *, field: str | None) -> M:
    """Load the network in evaluation mode, in fp32 on the CPU. Raises CorruptFile that blames ``field``."""
    try:
        module, told = _read(kind, folder)
    except DAMAGE as error:
        text = (
            f"{folder.name} can't be loaded: its files are damaged or not complete; download the folder again"
        )
        raise CorruptFile(text, field=field) from error
    require_all(told["missing_keys"], folder.name, field)
    return module.eval().requires_grad_(False)


def require_all(missing: Any, name: str, field: str | None) -> None:
    """Refuse a file that lacks tensors. Raises CorruptFile."""
    absent = sorted(str(key) for key in missing if INDICES not in str(key))
    if absent:
        text = f"{name} lacks {len(absent)} tensors: {', '.join(absent[:3])}"
        raise CorruptFile(text, field=field)


def input_edges(folder: Path) -> tuple[int, int]:
    """Return the shorter edge of a network's input, and the most that the longer one may have.

    They are those of ``preprocessor_config.json`` in its folder, if it has sound ones.
    """
    try:
        told: Any = read_json(folder / "preprocessor_config.json")
        size = told["size"]
        shortest, longest = int(size["shortest_edge"]), int(size["longest_edge"])
    except (OSError, ValueError, LookupError, TypeError):
        return SHORTEST, LONGEST
    return (shortest, longest) if 0 < shortest <= longest <= LARGEST else (SHORTEST, LONGEST)


def _read(kind: type[M], folder: Path) -> tuple[M, Any]:
    loader = cast("Any", kind)
    options = {"local_files_only": True, "dtype": torch.float32, "output_loading_info": True}
    pickled = folder / PICKLE
    if pickled.is_file() and not list(folder.glob("*.safetensors")):
        config = loader.config_class.from_pretrained(folder, local_files_only=True)
        return loader.from_pretrained(None, config=config, state_dict=read_tensors(pickled), **options)
    return loader.from_pretrained(folder, use_safetensors=True, **options)
