"""Describe pictures with the models that the user has."""

from __future__ import annotations

import torch

from pipelines.errors import MissingWeights, NotFound
from pipelines.request import InterrogateRequest
from pipelines.settings import Folders

MODELS = ("clip", "deepdanbooru", "deepbooru")


class Interrogator:
    """The captioners of one engine."""

    def __init__(self, folders: Folders, device: torch.device) -> None:
        self._folders = folders
        self._device = device

    def describe(self, request: InterrogateRequest) -> str:
        """A caption. Raises NotFound for an unknown model, MissingWeights."""
        if request.model not in MODELS:
            raise NotFound("Model not found", field="model")
        raise MissingWeights(f"{request.model} needs its weights in {self._folders.models}", field="model")

    def unload(self) -> None:
        """Let the networks go."""
