"""Stands in for CUDA's graphs: records operations, and does them again on the same tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests import cuda_stand_in
from tests.cuda_stand_in import DeviceTensor, traffic

# pyright: reportPrivateUsage=false


class Tape(TorchDispatchMode):
    """Notes every operation with its tensors, which it keeps as CUDA keeps addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Callable[[], None]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        output = func(*args, **given)
        if not getattr(func, "is_view", False):
            self.note(func, args, given, output)
        return output

    def note(self, func: Callable[..., Any], args: Any, kwargs: Any, output: Any) -> None:
        """One operation to be done again."""
        written = [tensor for tensor in cuda_stand_in._tensors(output) if isinstance(tensor, DeviceTensor)]

        def again() -> None:
            for old, new in zip(written, cuda_stand_in._tensors(func(*args, **kwargs)), strict=True):
                if old is not new:
                    old.numbers.copy_(new.numbers if isinstance(new, DeviceTensor) else new)

        if written:
            self.steps.append(again)

    @contextmanager
    def running(self) -> Generator[None]:
        """While entered, everything is noted; functions that don't pass the dispatcher too."""
        whole = {
            name: self._noted(method)
            for name, method in cuda_stand_in._METHODS.items()
            if name in (torch.nn.functional.scaled_dot_product_attention, torch.nn.functional.batch_norm)
        }
        with patch.dict(cuda_stand_in._METHODS, whole), self:
            yield

    def _noted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            output = method(*args, **kwargs)
            self.note(method, args, kwargs, output)
            return output

        return call


class TapeCapture:
    """A ``Capture`` that refuses reads and copies from the host, as CUDA does. A replay is one launch."""

    def __init__(self) -> None:
        self.made = 0
        self.replayed = 0
        self.forgotten = 0

    def __call__(self, compute: Callable[[], Tensor], /) -> tuple[Callable[[], None], Tensor]:
        """See ``Capture``."""
        before = traffic.reads.total() + traffic.copies.total()
        tape = Tape()
        with tape.running():
            output = compute()
        if traffic.reads.total() + traffic.copies.total() > before:
            raise RuntimeError("operation not permitted when stream is capturing")
        self.made += 1

        def replay() -> None:
            launches = traffic.launches.copy()
            for step in tape.steps:
                step()
            traffic.launches.clear()
            traffic.launches.update(launches + Counter({"graph": 1}))
            self.replayed += 1

        return replay, output

    def forget(self) -> None:
        """See ``Capture``."""
        self.forgotten += 1
