"""Modules that have shapes and no values yet, because a file is to fill them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

INITIALISERS = frozenset(
    (
        *(nn.init.kaiming_uniform_, nn.init.uniform_, nn.init.normal_, nn.init.constant_),
        *(Tensor.uniform_, Tensor.normal_, Tensor.fill_, Tensor.zero_),
    )
)
"""Functions that fill a tensor in place and return it."""


class _WithoutInitialisers(TorchFunctionMode):
    """While entered, initialisers leave tensors as they are."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = kwargs or {}
        if func in INITIALISERS:
            return args[0] if args else given["tensor"]
        return func(*args, **given)


@contextmanager
def without_values() -> Generator[None]:
    """Build modules on the meta device while entered; their weights take no memory and no time."""
    with torch.device("meta"), _WithoutInitialisers():
        yield
