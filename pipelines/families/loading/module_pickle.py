"""Read torch files that hold whole modules: the tensors are taken, the classes are never looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.pickle_stubs import InertObject
from pipelines.families.loading.read import load_pickle

OWN_TENSORS = ("_parameters", "_buffers")
INNER = "_modules"


def read_module(path: Path, entries: Sequence[str]) -> dict[str, Tensor]:
    """Name -> tensor of the first of ``entries`` that is a module, named as its state dict would.

    A file that is a table of tensors itself gives these. Raises CorruptFile naming the file.
    """
    table = load_pickle(path, inert=True)
    for entry in entries:
        content = table.get(entry)
        found = dict(_tensors(content, "", set())) if isinstance(content, InertObject) else {}
        if found:
            return found
    plain = {str(name): value for name, value in table.items() if isinstance(value, Tensor)}
    if not plain:
        raise CorruptFile(f"{path.name} holds no module with tensors")
    return plain


def _tensors(module: InertObject, prefix: str, seen: set[int]) -> Iterator[tuple[str, Tensor]]:
    """What a module holds; one that stands in several places, or in itself, counts once."""
    if id(module) in seen:
        return
    seen.add(id(module))
    for kind in OWN_TENSORS:
        for name, tensor in _table(module, kind).items():
            if isinstance(tensor, Tensor):
                yield f"{prefix}{name}", tensor
    for name, inner in _table(module, INNER).items():
        if isinstance(inner, InertObject):
            yield from _tensors(inner, f"{prefix}{name}.", seen)


def _table(module: InertObject, name: str) -> Mapping[str, object]:
    table = module.state.get(name)
    return cast("Mapping[str, object]", table) if isinstance(table, Mapping) else {}
