"""Types of nodes and outputs by their names; a later one takes an earlier one's place."""

from __future__ import annotations

import logging
from typing import ClassVar

from extensions.invokeai.invocation.base import CORE, BaseInvocation, BaseInvocationOutput

log = logging.getLogger("invokeai.nodes")


class InvocationRegistry:
    """All types of this process."""

    nodes: ClassVar[dict[str, type[BaseInvocation]]] = {}
    outputs: ClassVar[dict[str, type[BaseInvocationOutput]]] = {}

    @classmethod
    def register_invocation(cls, invocation: type[BaseInvocation]) -> None:
        """Add a type of node."""
        name = invocation.get_type()
        if (former := cls.nodes.get(name)) is not None:
            pack = former.UIConfig.node_pack
            what = "core node" if pack == CORE else f"node of {pack}"
            log.warning("the %s %r is replaced by that of %s", what, name, invocation.UIConfig.node_pack)
        cls.nodes[name] = invocation

    @classmethod
    def register_output(cls, output: type[BaseInvocationOutput]) -> None:
        """Add a type of output."""
        name = output.get_type()
        if name in cls.outputs:
            log.warning("the output %r is replaced by that of %s", name, output.__module__)
        cls.outputs[name] = output

    @classmethod
    def get_invocation_classes(cls) -> list[type[BaseInvocation]]:
        """The classes of all nodes."""
        return list(cls.nodes.values())

    @classmethod
    def get_invocation_for_type(cls, invocation_type: str) -> type[BaseInvocation] | None:
        """The class of a node by its type."""
        return cls.nodes.get(invocation_type)

    @classmethod
    def get_output_classes(cls) -> list[type[BaseInvocationOutput]]:
        """The classes of all outputs."""
        return list(cls.outputs.values())
