"""The checkpoint that a request draws with, loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.fooocus.kinds import FooocusRequest

if TYPE_CHECKING:
    from pipelines.plugin import LoadedModel, Services


def model_of(request: FooocusRequest, services: Services) -> LoadedModel:
    """Load the checkpoint as the generation will. Raises what loading raises."""
    return services.load_checkpoint(request.base.checkpoint, request.base.options)
