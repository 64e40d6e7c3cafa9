"""The base of all parts of a node's context."""

from __future__ import annotations

from extensions.invokeai.context.parts import InvocationContextData, InvocationServices


class InvocationContextInterface:
    """A part of a context, for one run of a node."""

    def __init__(self, services: InvocationServices, data: InvocationContextData) -> None:
        self._services = services
        self._data = data
