"""Read a model from a folder in transformers' layout: local files only, safetensors only."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from safetensors import SafetensorError
from torch import nn

from pipelines.plugin import CorruptFile

M = TypeVar("M", bound=nn.Module)
DAMAGE = (OSError, ValueError, RuntimeError, TypeError, AttributeError, LookupError, SafetensorError)
INDICES = "relative_position_index"
"""Tables that a network makes itself, and that old files hold."""


def load_folder(kind: type[M], folder: Path) -> M:
    """The model of a folder in evaluation mode, in fp32 on the CPU. Raises CorruptFile."""
    try:
        module, told = cast("Any", kind).from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except DAMAGE as error:
        text = (
            f"{folder.name} can't be loaded: its files are damaged or not complete; download the folder again"
        )
        raise CorruptFile(text, field="module") from error
    missing = sorted(str(name) for name in told["missing_keys"] if INDICES not in str(name))
    if missing:
        text = f"{folder.name} lacks {len(missing)} tensors: {', '.join(missing[:3])}"
        raise CorruptFile(text, field="module")
    made = cast("M", module)
    return made.eval().requires_grad_(False)
