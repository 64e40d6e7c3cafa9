"""What the routes share: the application's queue of graphs, and whose items are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends

from extensions.invokeai.service.service import GraphService
from extensions.invokeai.store.errors import (
    BoardRecordNotFoundException,
    ImageFileNotFoundException,
    ImageRecordNotFoundException,
    WorkflowNotFoundError,
)
from extensions.invokeai.store.owner import Owner
from extensions.invokeai.store.store import Gallery
from sdapi.plugin import ApiError, State, get_state

T = TypeVar("T")
MISSING = (
    ImageRecordNotFoundException,
    ImageFileNotFoundException,
    BoardRecordNotFoundException,
    WorkflowNotFoundError,
)


def service_of(state: State) -> GraphService:
    """The application's; the first to ask opens its files. From the event loop only."""
    return state.parts.of(GraphService, lambda: GraphService(state))


async def _service(state: Annotated[State, Depends(get_state)]) -> GraphService:
    return service_of(state)


ServiceOf: TypeAlias = Annotated[GraphService, Depends(_service)]


async def _gallery(state: Annotated[State, Depends(get_state)]) -> Gallery:
    owner = Owner(client=state.caller.client, sees_all=state.caller.sees_all)
    return service_of(state).store.seen_by(owner)


GalleryOf: TypeAlias = Annotated[Gallery, Depends(_gallery)]
"""Pictures, boards and workflows that the caller sees."""


def client_of(state: State) -> str | None:
    """Whose items a caller sees; None is all."""
    return None if state.caller.sees_all else state.caller.client


def found(look: Callable[[], T], what: str) -> T:
    """What is looked for. Raises ApiError 404 where it isn't."""
    try:
        return look()
    except MISSING as error:
        raise ApiError(404, f"{what} not found") from error
