"""Networks in TorchScript files: weights and the graph that runs them; no Python is run to load or call one.

A graph can still name operators that write files, and can ask to be run while it is loaded. Such files are
refused: nothing may run at loading, and what is called may compute only.
"""

from __future__ import annotations

import importlib
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from extensions.controlnet.maps.damage import readable
from pipelines.plugin import DAMAGED_OR_OTHER, CorruptFile, is_fatal, is_out_of_memory

AT_LOADING = re.compile(rb"__setstate__|torch[.\s]+classes")
"""Marks of a file that runs something while it is loaded: its own code, or that of a library's class."""
TEXTS = (".py", ".pkl")
LIBRARIES = ("aten", "prim", "torchvision")
FORBIDDEN = frozenset({"aten::save", "aten::from_file", "prim::CallMethod", "prim::CallFunction"})
"""Operators that write and read files, and calls whose code can't be inspected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchScriptNet:
    """A network of a file, on a device. ``name``: that of the file."""

    name: str
    module: Any
    device: str

    def __call__(self, values: Tensor) -> Any:
        """Run the graph on a tensor. Raises CorruptFile if it can't be run."""
        try:
            with torch.no_grad():
                return self.module.forward(values.to(self.device))
        except RuntimeError as error:
            if is_out_of_memory(error) or is_fatal(error):
                raise
            raise CorruptFile(
                f"{self.name} can't be run: it is {DAMAGED_OR_OTHER}", field="module"
            ) from error


def read_script(path: Path, device: str) -> TorchScriptNet:
    """The network of a file. Raises CorruptFile, also for one that would do more than compute."""
    importlib.import_module("torchvision")  # registers its operators
    if not zipfile.is_zipfile(path):
        raise CorruptFile(f"{path.name} is damaged: it is no TorchScript file", field="module")
    with readable(path.name):
        _require_quiet(path)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="`torch.jit.load`")
            module: Any = torch.jit.load(path, map_location=device)
        graph = module.eval().forward.inlined_graph
    for kind in operators(graph):
        if kind in FORBIDDEN or kind.partition("::")[0] not in LIBRARIES:
            raise CorruptFile(f"{path.name} is refused: its graph has {kind} in it", field="module")
    return TorchScriptNet(name=path.name, module=module, device=device)


def _require_quiet(path: Path) -> None:
    """Raise CorruptFile for a file that would run something while it is loaded."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            # torch finds an entry whatever the case of its name
            if entry.filename.lower().endswith(TEXTS) and AT_LOADING.search(archive.read(entry)):
                raise CorruptFile(f"{path.name} is refused: it runs code while it is loaded", field="module")


def operators(graph: Any) -> Iterator[str]:
    """The kinds of all nodes of a graph, as ``aten::add``, those of graphs inside it too."""
    for node in graph.nodes():
        yield node.kind()
        for block in node.blocks():
            yield from operators(block)
        for name in node.attributeNames():
            if node.kindOf(name) == "g":
                yield from operators(node.g(name))
