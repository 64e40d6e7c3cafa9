"""Shared by the routes: the application's queue of graphs, and the owner of what is shown."""

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
    """The application's queue of graphs, made at the first call. From the event loop only."""
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
    """The client whose items a caller sees; None for all."""
    return None if state.caller.sees_all else state.caller.client


def found(look: Callable[[], T], what: str) -> T:
    """Return what ``look`` finds. Raises ApiError 404 where there is none."""
    try:
        return look()
    except MISSING as error:
        raise ApiError(404, f"{what} not found") from error
