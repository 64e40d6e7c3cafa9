"""A type of node as data: what the server must know of it to check graphs and to show it in editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from extensions.invokeai.graph.types import Kinds, kinds_of
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.vocabulary.nodes import FieldKind, Input


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKind:
    """``inputs`` and ``outputs``: what each field takes or answers. ``direct``: inputs that no edge may feed.

    ``schema`` and ``output_schema`` are JSON schemas; ``title`` and ``output_title`` the classes' names.
    """

    name: str
    title: str
    pack: str
    inputs: Mapping[str, Kinds]
    direct: frozenset[str]
    outputs: Mapping[str, Kinds]
    output_name: str
    output_title: str
    schema: Mapping[str, Any]
    output_schema: Mapping[str, Any]

    @classmethod
    def of(cls, node: type[BaseInvocation]) -> Self:
        """Describe a class of nodes."""
        output = node.get_output_annotation()
        extras: dict[str, Any] = {name: field.json_schema_extra for name, field in node.model_fields.items()}
        taken = {
            name: extra
            for name, extra in extras.items()
            if isinstance(extra, dict) and extra.get("field_kind") in (FieldKind.Input, FieldKind.Internal)
        }
        return cls(
            name=node.get_type(),
            title=node.__name__,
            pack=node.UIConfig.node_pack,
            inputs={name: kinds_of(node.model_fields[name].annotation) for name in taken},
            direct=frozenset(n for n, extra in taken.items() if extra.get("input") == Input.Direct),
            outputs={
                name: kinds_of(field.annotation)
                for name, field in output.model_fields.items()
                if name not in ("type", "output_meta")
            },
            output_name=str(output.model_fields["type"].default) if "type" in output.model_fields else "",
            output_title=output.__name__,
            schema=node.model_json_schema(),
            output_schema=output.model_json_schema(mode="serialization"),
        )

    def as_json(self) -> dict[str, Any]:
        """As JSON, to pass between processes."""
        return {
            "name": self.name,
            "title": self.title,
            "pack": self.pack,
            "inputs": {name: sorted(kinds) for name, kinds in self.inputs.items()},
            "direct": sorted(self.direct),
            "outputs": {name: sorted(kinds) for name, kinds in self.outputs.items()},
            "output_name": self.output_name,
            "output_title": self.output_title,
            "schema": dict(self.schema),
            "output_schema": dict(self.output_schema),
        }

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """From what ``as_json`` wrote."""
        values: dict[str, Any] = {
            **data,
            "inputs": {name: frozenset(kinds) for name, kinds in data["inputs"].items()},
            "direct": frozenset(data["direct"]),
            "outputs": {name: frozenset(kinds) for name, kinds in data["outputs"].items()},
        }
        return cls(**values)
