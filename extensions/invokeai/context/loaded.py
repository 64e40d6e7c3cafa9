"""Models as nodes are given them: on the device while they are entered."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from extensions.invokeai.models.configs import AnyModelConfig


class LoadedModelWithoutConfig:
    """A model or a table of tensors; ``place`` brings it to the device, ``leave`` takes it away."""

    def __init__(
        self,
        model: Any,
        place: Callable[[], None] = lambda: None,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        self._model = model
        self._place = place
        self._leave = leave

    def __enter__(self) -> Any:
        self._place()
        return self._model

    def __exit__(self, *error: object) -> None:
        self._leave()

    @contextmanager
    def model_on_device(
        self, working_mem_bytes: int | None = None
    ) -> Generator[tuple[dict[str, torch.Tensor] | None, Any]]:
        """Enter the model. The pair's first is InvokeAI's copy of its weights on the CPU: always None."""
        with self as model:
            yield None, model

    @property
    def model(self) -> Any:
        """The model, on whatever device it is now."""
        return self._model


class InvokeModel(LoadedModelWithoutConfig):
    """A model of the server, with its config."""

    def __init__(self, config: AnyModelConfig, model: Any, place: Callable[[], None] = lambda: None) -> None:
        super().__init__(model, place)
        self.config = config


def loose_model(model: Any, device: torch.device) -> LoadedModelWithoutConfig:
    """Wrap a model that a pack brought: a network is on the device while it is entered, else on the CPU."""
    if not isinstance(model, nn.Module):
        return LoadedModelWithoutConfig(model)
    return LoadedModelWithoutConfig(model, lambda: _move(model, device), lambda: _move(model, "cpu"))


def _move(model: nn.Module, device: torch.device | str) -> None:
    model.to(device)
