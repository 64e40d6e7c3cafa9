"""Read torch files that hold whole modules: tensors and plain values are taken, classes never looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.pickle_stubs import InertObject
from pipelines.families.loading.read import load_pickle

OWN_TENSORS = ("_parameters", "_buffers")
INNER = "_modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldModule:
    """The contents of a module in a file: tensors by the names of its state dict.

    ``beside``: the other entries of the module and of the file, unchecked.
    """

    tensors: dict[str, Tensor]
    beside: Mapping[object, object] = field(default_factory=dict[object, object])


def read_module(path: Path, entries: Sequence[str]) -> HeldModule:
    """Read the first of ``entries`` that is a module with tensors.

    Of a file that is a table of tensors itself, read those. Raises CorruptFile naming the file.
    """
    table = load_pickle(path, inert=True)
    for entry in entries:
        content = table.get(entry)
        if isinstance(content, InertObject) and (found := dict(_tensors(content, "", set()))):
            return HeldModule(tensors=found, beside={**table, **content.state})
    plain = {str(name): value for name, value in table.items() if isinstance(value, Tensor)}
    if not plain:
        raise CorruptFile(f"{path.name} holds no module with tensors")
    return HeldModule(tensors=plain)


def _tensors(module: InertObject, prefix: str, seen: set[int]) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of a module by path; one in several places, or within itself, counts once."""
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
