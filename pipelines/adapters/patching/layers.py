"""The layers of a model by their names in the original code, with fused attentions split."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from torch import nn

from pipelines.families.base import PROJECTIONS, Target

_OUT = "_out_proj"


FindLayer: TypeAlias = Callable[[str, Collection[str]], "Target | None"]
"""(key of a file, names of layers) -> the layer that it means: the family's ``find_layer``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """``modules`` by layer name, and the names of attentions that are one matrix in the original.

    Of such an attention ``NAME`` the modules are ``NAME_q_proj``, ``NAME_k_proj``, ``NAME_v_proj``
    and ``NAME_out_proj``; a network changes all four or none.
    """

    modules: Mapping[str, nn.Module]
    find: FindLayer
    fused: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Mapping[str, nn.Module], find: FindLayer) -> Layers:
        """Sort out a table of names; an attention is fused whose projections have no names of their own."""
        fused = frozenset(
            name
            for name, module in names.items()
            if hasattr(module, "q_proj") and name + PROJECTIONS[0] not in names
        )
        modules = {name: module for name, module in names.items() if name not in fused}
        for name in fused:
            for part in (*PROJECTIONS, _OUT):
                modules[name + part] = names[name].get_submodule(part[1:])
        return cls(modules=modules, find=find, fused=fused)

    def match(self, keys: Iterable[str]) -> dict[str, str]:
        """File key -> layer name, for the keys that mean a layer of this model."""
        known = (
            self.modules.keys() - {name + part for name in self.fused for part in PROJECTIONS} | self.fused
        )
        found = ((key, self.find(key, known)) for key in keys)
        layers = {key: target.layer + target.projection for key, target in found if target}
        return self._without_partial_attentions({k: v for k, v in layers.items() if v in self.modules})

    def _without_partial_attentions(self, layers: dict[str, str]) -> dict[str, str]:
        present = set(layers.values())
        partial = {
            name + part
            for name in self.fused
            if not all(name + part in present for part in (*PROJECTIONS, _OUT))
            for part in (*PROJECTIONS, _OUT)
        }
        return {key: layer for key, layer in layers.items() if layer not in partial}
