"""Errors of a graph, under the names that packs know."""

from __future__ import annotations


class NodeInputError(ValueError):
    """A node refuses what an edge or the graph gives it."""


class InvalidEdgeError(ValueError):
    """An edge joins what can't be joined."""


class CyclicalGraphError(ValueError):
    """Edges lead back to where they began."""


class NodeNotFoundError(ValueError):
    """An edge names a node that isn't there."""


class NodeFieldNotFoundError(ValueError):
    """An edge names a field that its node hasn't got."""


class DuplicateNodeIdError(ValueError):
    """Two nodes have one id."""


class NodeIdMismatchError(ValueError):
    """A node's id is another than its key."""


class UnknownNodeTypeError(ValueError):
    """No node is of that type."""
