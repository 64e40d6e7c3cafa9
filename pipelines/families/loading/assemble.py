"""Put tensors into a module built on the meta device, without a copy where the dtype already fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn

from pipelines.contract.errors import CorruptFile
from pipelines.contract.heed import heeding

Find: TypeAlias = Callable[[str], Tensor | None]
"""Parameter name of the module -> tensor of the file, or None if the file lacks it."""


class TensorPool:
    """The tensors of a file, with a record of which were used."""

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.tensors = tensors
        self._used: set[str] = set()

    def take(self, name: str) -> Tensor | None:
        """Return the tensor of that name, and count it as used; None if there is none."""
        tensor = self.tensors.get(name)
        if tensor is not None:
            self._used.add(name)
        return tensor

    def unused(self) -> list[str]:
        """Return the names that nothing took, sorted."""
        return sorted(self.tensors.keys() - self._used)


def fill(module: nn.Module, find: Find, *, dtype: torch.dtype, what: str) -> None:
    """Give every parameter of ``module`` its tensor in ``dtype``; strict.

    Here a mapped file is read, so a job that is given up ends before the next tensor. Raises CorruptFile that
    lists what is missing or of the wrong shape.
    """
    state: dict[str, Tensor] = {}
    missing: list[str] = []
    for name, parameter in heeding(module.named_parameters()):
        tensor = find(name)
        if tensor is None or tensor.numel() != parameter.numel():
            missing.append(name if tensor is None else f"{name} {tuple(tensor.shape)}")
            continue
        state[name] = tensor.reshape(parameter.shape).to(dtype)
    if missing:
        raise CorruptFile(
            f"the {what} lacks {len(missing)} tensors or has other shapes: {', '.join(missing[:3])}"
        )
    module.load_state_dict(state, strict=False, assign=True)
    _fill_position_ids(module)
    module.requires_grad_(False)
    module.eval()


def _fill_position_ids(module: nn.Module) -> None:
    for owner in module.modules():
        ids = owner._buffers.get("position_ids")  # pyright: ignore[reportPrivateUsage]
        if ids is not None and ids.is_meta:
            owner._buffers["position_ids"] = torch.arange(ids.shape[-1]).expand(ids.shape)  # pyright: ignore[reportPrivateUsage]
