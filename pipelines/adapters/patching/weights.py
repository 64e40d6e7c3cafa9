"""Merges networks into a model's weights and takes them out again bit for bit.

A parameter is never written to: its tensor is exchanged for a new one, and the original is kept. So
restoring costs next to nothing and is exact, and weights that lie in a mapped checkpoint file stay untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn

from pipelines.adapters.network_file import LayerChange
from pipelines.adapters.patching.merge import Merged, add_bias, add_change

SCARCE_BYTES = 6 * 2**30
"""A GPU with less free memory than this keeps originals in RAM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One network's change of one layer.

    ``functional``: the change is computed from the untouched weight, not from what networks before it made.
    """

    network: str
    change: LayerChange
    multiplier: float
    dyn: int | None
    version: int
    functional: bool = False

    @property
    def identity(self) -> tuple[object, ...]:
        """A value that is equal for steps that do the same, found without comparing tensors."""
        return (self.network, self.version, self.multiplier, self.dyn, self.functional)


PatchPlan: TypeAlias = Mapping[str, Sequence[Step]]
"""Layer name -> the steps on that layer, in the order of the prompt's tags."""


@dataclass(slots=True, kw_only=True)
class _Patched:
    """A layer that was changed: what it had before, and what was done.

    ``original`` lies on ``device`` with the layer, or in RAM where the device is short of memory.
    """

    module: nn.Module
    device: torch.device
    original: Tensor
    bias: Tensor | None
    steps: tuple[tuple[object, ...], ...] = ()
    failed: tuple[str, ...] = ()
    unfit: tuple[Step, ...] = ()
    """Steps that are left out since their changes are not finite."""
    checks: tuple[tuple[Step, Tensor], ...] = ()
    """Of each step, a bool on the device that nobody has read yet: is its change finite?"""

    def spare(self) -> Tensor | None:
        """Return the tensor that stands in for the original and may be overwritten, if there is one."""
        current = _parameter(self.module, "weight")
        if current is None or current.data_ptr() == self.original.data_ptr():
            return None
        return current if current.device == self.device else None


SPARE_BYTES = 2 * 2**30


class WeightPatcher:
    """The merged networks of one model. ``modules`` are its layers by name.

    On a CPU, up to ``spare_bytes`` of tensors of networks taken out are kept for the next ones: fresh
    memory costs more time than the arithmetic.
    """

    def __init__(self, modules: Mapping[str, nn.Module], *, spare_bytes: int = SPARE_BYTES) -> None:
        self._modules = modules
        self._patched: dict[str, _Patched] = {}
        self._spares: dict[str, Tensor] = {}
        self._spare_room = spare_bytes

    def apply(self, plan: PatchPlan) -> dict[str, list[str]]:
        """Make the weights those of ``plan``; touches only layers whose steps changed.

        Returns the layers that each network could not change (odd shapes, numbers that are not finite); those
        are left as the other networks make them.
        """
        for name in self._patched.keys() - plan.keys():
            self._restore(name)
        with torch.inference_mode(False), torch.no_grad():
            for name, steps in plan.items():
                self._apply_layer(name, steps)
            while unfit := self._unfit():
                for name, step in unfit.items():
                    self._leave_out(name, step, plan[name])
        failed: dict[str, list[str]] = {}
        for name, layer in self._patched.items():
            for network in layer.failed:
                failed.setdefault(network, []).append(name)
        return failed

    @property
    def bytes(self) -> int:
        """RAM that originals and spares take in addition to the model's weights."""
        originals = (layer.original for layer in self._patched.values() if layer.spare() is not None)
        return sum(tensor.nbytes for tensor in (*originals, *self._spares.values()))

    def _restore(self, name: str) -> None:
        layer = self._patched.pop(name)
        self._keep_spare(name, layer)
        _exchange(layer.module, "weight", layer.original.to(layer.device))
        _exchange(layer.module, "bias", layer.bias)

    def _keep_spare(self, name: str, layer: _Patched) -> None:
        spare = layer.spare()
        if spare is not None and spare.device.type == "cpu" and spare.nbytes <= self._spare_room:
            self._spares[name] = spare
            self._spare_room -= spare.nbytes

    def _take_spare(self, name: str) -> Tensor | None:
        spare = self._spares.pop(name, None)
        self._spare_room += 0 if spare is None else spare.nbytes
        return spare

    def _apply_layer(self, name: str, steps: Sequence[Step]) -> None:
        layer = self._patched.get(name)
        identity = tuple(step.identity for step in steps)
        if layer is not None and layer.steps == identity:
            return
        if layer is None:
            layer = self._remember(name)
        layer.steps, layer.unfit = identity, ()
        spare = layer.spare()
        _merge(layer, steps, self._take_spare(name) if spare is None else spare)

    def _unfit(self) -> dict[str, Step]:
        """Return the first step of every layer just merged whose change is not finite, in one read."""
        asked = [(name, *check) for name, layer in self._patched.items() for check in layer.checks]
        for layer in self._patched.values():
            layer.checks = ()
        if not asked:
            return {}
        answers: list[bool] = torch.stack([finite.to(asked[0][2].device) for *_, finite in asked]).tolist()
        unfit: dict[str, Step] = {}
        for (name, step, _), finite in zip(asked, answers, strict=True):
            if not finite:
                unfit.setdefault(name, step)
        return unfit

    def _leave_out(self, name: str, step: Step, steps: Sequence[Step]) -> None:
        """Merge a layer again without a step, which may have spoilt what came after it."""
        layer = self._patched[name]
        layer.unfit = (*layer.unfit, step)
        kept = [other for other in steps if all(other is not one for one in layer.unfit)]
        _merge(layer, kept, layer.spare())

    def _remember(self, name: str) -> _Patched:
        module = self._modules[name]
        weight = _parameter(module, "weight")
        if weight is None:
            raise ValueError(f"{name} has no weight")
        layer = _Patched(
            module=module, device=weight.device, original=_put_by(weight), bias=_parameter(module, "bias")
        )
        self._patched[name] = layer
        return layer


def _merge(layer: _Patched, steps: Sequence[Step], spare: Tensor | None) -> None:
    """Compute a layer from its original; ``spare`` is a tensor of the same shape that may be overwritten."""
    start = layer.original.to(layer.device)
    weight, bias, failed = start, layer.bias, [step.network for step in layer.unfit]
    checks: list[tuple[Step, Tensor]] = []
    for step in steps:
        out = spare if weight is start else weight
        source = start if step.functional else weight
        try:
            merged = add_change(
                step.change, weight, source=source, multiplier=step.multiplier, dyn=step.dyn, out=out
            )
            weight, bias = merged.weight, _changed_bias(bias, merged)
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, ValueError):
            failed.append(step.network)
        else:
            checks += [] if merged.finite is None else [(step, merged.finite)]
    layer.failed, layer.checks = tuple(failed), tuple(checks)
    _exchange(layer.module, "weight", weight)
    _exchange(layer.module, "bias", bias)


def _changed_bias(bias: Tensor | None, merged: Merged) -> Tensor | None:
    if merged.bias is None:
        return bias
    if bias is None:
        return merged.bias.to(merged.weight).reshape(merged.weight.shape[0])
    return add_bias(bias, merged.bias)


def _put_by(weight: Tensor) -> Tensor:
    """Keep an original where it is, or in RAM if the GPU has less than ``SCARCE_BYTES`` free."""
    if weight.device.type == "cuda" and torch.cuda.mem_get_info(weight.device)[0] < SCARCE_BYTES:
        return weight.to("cpu")
    return weight


def _parameter(module: nn.Module, name: str) -> Tensor | None:
    parameter = getattr(module, name, None)
    return parameter.data if isinstance(parameter, Tensor) else None


def _exchange(module: nn.Module, name: str, tensor: Tensor | None) -> None:
    """Give a parameter another tensor; a bias may come into being and go again."""
    parameter = getattr(module, name, None)
    if tensor is None:
        if parameter is not None:
            setattr(module, name, None)
    elif isinstance(parameter, nn.Parameter):
        parameter.data = tensor
    else:
        setattr(module, name, nn.Parameter(tensor, requires_grad=False))
