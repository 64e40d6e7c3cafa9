"""Read the tensors of a weight file: safetensors memory-mapped, torch files by a restricted unpickler."""

from __future__ import annotations

import pickle
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from pipelines.catalog.file_kind import damaged, explain
from pipelines.catalog.pickle_shapes import require_bounded
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile
from pipelines.contract.failure import is_out_of_memory
from pipelines.contract.heed import heed
from pipelines.families.loading.mapped import map_tensors
from pipelines.families.loading.pickle_stubs import ALLOWED, Allowed, InertObject

_DAMAGE = (
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)
SAFER = "a .safetensors file of the same model can hold nothing else, look for one"
BARE_CLIP = "cond_stage_model.transformer."
BARE_CLIP_PARTS = ("embeddings.", "encoder.", "final_layer_norm.")
TURBO_MARK = "conditioner.embedders.0.model.ln_final.weight"


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a file: name -> tensor on the CPU. Tensors of a safetensors file are views of the mapped file.

    A cancelled job ends here, between two files. Raises CorruptFile naming the file.
    """
    heed()
    if not path.is_file():
        raise CorruptFile(f"{path.name} does not exist")
    return _read_safetensors(path) if path.suffix.lower() == ".safetensors" else _read_pickle(path)


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a checkpoint under their canonical names."""
    return canonical_names(read_tensors(path))


def canonical_names(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Undo two naming habits: CLIP without ``text_model.``, and SD2-turbo's sgm prefix."""
    turbo = TURBO_MARK in tensors and tensors[TURBO_MARK].numel() == 1024
    return {_canonical(name, turbo): tensor for name, tensor in tensors.items()}


def _canonical(name: str, turbo: bool) -> str:
    if turbo and name.startswith("conditioner.embedders.0."):
        return "cond_stage_model." + name.removeprefix("conditioner.embedders.0.")
    rest = name.removeprefix(BARE_CLIP)
    if rest != name and rest.startswith(BARE_CLIP_PARTS):
        return f"{BARE_CLIP}text_model.{rest}"
    return name


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    header = read_header(path)
    try:
        return map_tensors(path, header)
    except (OSError, ValueError, RuntimeError) as error:
        raise damaged(path, "its tensors are not as its header says") from error


def _read_pickle(path: Path) -> dict[str, Tensor]:
    table = load_pickle(path)
    table = table.get("state_dict", table)
    if not isinstance(table, dict):
        raise CorruptFile(f"{path.name} holds no table of tensors")
    entries: dict[object, Any] = table
    return {str(name): value for name, value in entries.items() if isinstance(value, Tensor)}


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise damaged(path, "it can't be opened") from error


def _other_names(path: Path) -> list[Allowed]:
    """Return the classes that a file names besides those allowed, each to be built as an InertObject."""
    return [(InertObject, name) for name in torch.serialization.get_unsafe_globals_in_checkpoint(path)]


def load_pickle(path: Path, *, mapped: bool = True, inert: bool = False) -> dict[Any, Any]:
    """Read the top-level table of a torch file; only tensors and plain containers can be built from it.

    Its tensors are views of the file where that can be, unless they are not to be ``mapped``. Where
    ``inert``, objects of other classes are InertObjects, whatever their class. Raises CorruptFile for damaged
    files, for those that hold anything else, and for those that would never end.
    """
    with _opened(path) as file:
        require_bounded(file, path.name)
    mapped = mapped and zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(ALLOWED):
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            others = _other_names(path) if inert else []
            with torch.serialization.safe_globals(others):
                table: object = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        reason = f"damaged or holds objects that are not weights; {SAFER}"
        raise CorruptFile(f"{path.name} is {explain(path) or reason}") from error
    except _DAMAGE as error:
        if is_out_of_memory(error):
            raise
        raise damaged(path, "it can't be read as a torch file") from error
    if not isinstance(table, dict):
        raise CorruptFile(f"{path.name} holds no table of tensors")
    return table  # pyright: ignore[reportUnknownVariableType]
