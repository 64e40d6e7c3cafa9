"""Copy numbers from the device to the CPU while the device goes on computing."""

from __future__ import annotations

import torch
from torch import Tensor


class HostCopy:
    """A tensor on its way to the CPU; one that is there already is ready at once.

    CUDA copies on a stream of its own, into pinned memory, so that kernels launched later don't wait for it.
    """

    def __init__(self, tensor: Tensor) -> None:
        self._arrived: torch.cuda.Event | None = None
        if tensor.device.type != "cuda":
            self._host = tensor.cpu()
            return
        self._source = tensor  # held so that its memory isn't given away while it is read
        self._host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
        side = torch.cuda.Stream(tensor.device)
        side.wait_stream(torch.cuda.current_stream(tensor.device))
        with torch.cuda.stream(side):
            self._host.copy_(tensor, non_blocking=True)
            self._arrived = torch.cuda.Event()
            self._arrived.record(side)

    @property
    def ready(self) -> bool:
        """True once ``numbers`` answers without waiting."""
        return self._arrived is None or self._arrived.query()

    def numbers(self) -> Tensor:
        """The tensor on the CPU."""
        if self._arrived is not None:
            self._arrived.synchronize()
        return self._host
