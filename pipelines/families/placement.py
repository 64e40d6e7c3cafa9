"""The parts of a model that are on the device: all of them, or one at a time where memory is scarce."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from pipelines.contract.errors import Cancelled, OutOfMemory
from pipelines.contract.heed import heeding

BACKBONE, VAE = "backbone", "vae"
"""Parts that every model has; its text encoders make up one more or several."""


class PlacedModel(Protocol):
    """A model made of parts."""

    device: torch.device

    def modules_of(self, part: str) -> tuple[nn.Module, ...]:
        """Return the modules of one part."""
        ...


def transfer(tensor: Tensor, device: torch.device) -> Tensor:
    """Copy ``tensor`` to ``device``, without waiting where the device allows it."""
    return tensor.to(device, non_blocking=True)


class Placement:
    """Moves the parts of one model between RAM and device.

    The tensors in RAM are kept while a part is on the device, so leaving costs no copy and brings the
    pristine weights back. ``one_at_a_time`` lets only one part be on the device (medvram, lowvram).
    """

    def __init__(self, *, one_at_a_time: bool = False) -> None:
        self._one_at_a_time = one_at_a_time
        self._homes: dict[str, list[tuple[Tensor, Tensor]]] = {}

    @property
    def resident(self) -> tuple[str, ...]:
        """The parts that are on the device."""
        return tuple(self._homes)

    @property
    def takes_turns(self) -> bool:
        """True if only one part is on the device at a time."""
        return self._one_at_a_time

    def has(self, model: PlacedModel, parts: tuple[str, ...]) -> bool:
        """True if all of ``parts`` can compute now; on a CPU they always can."""
        return model.device.type == "cpu" or all(part in self._homes for part in parts)

    def require(self, model: PlacedModel, parts: tuple[str, ...]) -> None:
        """Bring ``parts`` to the device. Raises OutOfMemory if they don't fit, Cancelled on the way."""
        missing: list[str] = [part for part in parts if not self.has(model, (part,))]
        if missing and self._one_at_a_time:
            self.leave()
            missing = list(parts)
        for part in missing:
            self._enter(model, part)

    def leave(self) -> None:
        """Bring everything back to RAM."""
        for homes in self._homes.values():
            for live, home in homes:
                live.data = home if home.dtype == live.dtype else live.data.to("cpu")
        self._homes.clear()

    def _enter(self, model: PlacedModel, part: str) -> None:
        tensors = [
            tensor
            for module in model.modules_of(part)
            for tensor in (*module.parameters(), *module.buffers())
        ]
        self._homes[part] = [(tensor, tensor.data) for tensor in tensors]
        try:
            for tensor in heeding(tensors):
                tensor.data = transfer(tensor.data, model.device)
        except Cancelled:
            self.leave()
            raise
        except torch.OutOfMemoryError as error:
            self.leave()
            raise OutOfMemory(f"the device has too little memory for the checkpoint's {part}") from error
