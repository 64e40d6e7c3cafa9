"""Types of nodes and outputs as components of an OpenAPI document, as Invoke's editor reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.invokeai.graph.node_kind import NodeKind

REFERENCE = "#/components/schemas/"


def nodes_document(kinds: Mapping[str, NodeKind]) -> dict[str, Any]:
    """Components by class name, each node with a reference to its output, and the map of outputs."""
    schemas: dict[str, Any] = {}
    for kind in kinds.values():
        output = {"$ref": REFERENCE + kind.output_title}
        schemas |= _flat(kind.title, {**kind.schema, "output": output})
        schemas |= _flat(kind.output_title, kind.output_schema)
    schemas["InvocationOutputMap"] = {
        "type": "object",
        "properties": {name: {"$ref": REFERENCE + kind.output_title} for name, kind in kinds.items()},
        "required": list(kinds),
    }
    return {"components": {"schemas": dict(sorted(schemas.items()))}}


def _flat(title: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema and those inside it, side by side."""
    inner = {name: _moved(part) for name, part in schema.get("$defs", {}).items()}
    return {title: _moved({key: value for key, value in schema.items() if key != "$defs"}), **inner}


def _moved(value: Any) -> Any:
    """A schema with references to components in place of those to definitions."""
    if isinstance(value, dict):
        return {
            key: inner.replace("#/$defs/", REFERENCE)
            if key == "$ref" and isinstance(inner, str)
            else _moved(inner)
            for key, inner in value.items()
        }
    return [_moved(item) for item in value] if isinstance(value, list) else value
