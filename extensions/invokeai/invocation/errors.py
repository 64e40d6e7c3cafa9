"""Errors in a node's declaration or inputs, under the names that packs know."""

from __future__ import annotations


class InvalidVersionError(ValueError):
    """A node's version isn't a semantic version."""


class InvalidFieldError(TypeError):
    """A field can't be part of a node."""


class RequiredConnectionException(Exception):
    """A field that needs an edge has none."""

    def __init__(self, node_id: str, field_name: str) -> None:
        super().__init__(f"Node {node_id} missing connections for field {field_name}")


class MissingInputException(Exception):
    """A field has neither a value nor an edge."""

    def __init__(self, node_id: str, field_name: str) -> None:
        super().__init__(f"Node {node_id} missing value or connection for field {field_name}")
