"""Mixins for nodes: inputs for metadata and for a board."""

from __future__ import annotations

import logging

from pydantic import BaseModel, Field

from extensions.invokeai.fields.declare import internal
from extensions.invokeai.fields.values import BoardField, MetadataField
from extensions.invokeai.vocabulary.descriptions import FieldDescriptions
from extensions.invokeai.vocabulary.nodes import Input

log = logging.getLogger("invokeai.fields")


class WithMetadata(BaseModel):
    """Adds an input for metadata, which pictures that the node saves carry."""

    metadata: MetadataField | None = Field(
        default=None,
        description=FieldDescriptions.metadata,
        json_schema_extra=internal(Input.Connection),
    )


class WithBoard(BaseModel):
    """Adds an input for a board, on which pictures that the node saves are put."""

    board: BoardField | None = Field(
        default=None, description=FieldDescriptions.board, json_schema_extra=internal(Input.Direct)
    )


class WithWorkflow:
    """Former mixin without effect: workflows are embedded anyway."""

    workflow = None

    def __init_subclass__(cls) -> None:
        pack = cls.__module__.partition(".")[0]
        log.warning("%s.%s: WithWorkflow is out of use and has no effect", pack, cls.__name__)
        super().__init_subclass__()
