"""Types of nodes described, and read from another process."""

from __future__ import annotations

import json

import pytest

from extensions.invokeai.graph.node_kind import NodeKind
from extensions.invokeai.nodes.collections import CollectInvocation, IterateInvocation
from extensions.invokeai.nodes.image_basics import SaveImageInvocation
from extensions.invokeai.nodes.maths import AddInvocation


def test_inputs_and_outputs_by_their_kinds() -> None:
    kind = NodeKind.of(AddInvocation)
    assert (kind.name, kind.title, kind.pack) == ("add", "AddInvocation", "invokeai")
    assert kind.inputs == {"a": frozenset({"int"}), "b": frozenset({"int"})}
    assert kind.outputs == {"value": frozenset({"int"})}
    assert (kind.output_name, kind.output_title) == ("integer_output", "IntegerOutput")
    assert (kind.schema["class"], kind.output_schema["class"]) == ("invocation", "output")


def test_lists_and_anything() -> None:
    assert NodeKind.of(IterateInvocation).inputs["collection"] == frozenset({"list[any]"})
    assert NodeKind.of(CollectInvocation).outputs["collection"] == frozenset({"list[any]"})


def test_a_direct_input_takes_no_edge() -> None:
    kind = NodeKind.of(SaveImageInvocation)
    assert "board" in kind.direct
    assert "image" in kind.inputs and "image" not in kind.direct


@pytest.mark.parametrize("node", [AddInvocation, IterateInvocation, SaveImageInvocation])
def test_json_brings_all_of_it_over(node: type[AddInvocation]) -> None:
    kind = NodeKind.of(node)
    assert NodeKind.read(json.loads(json.dumps(kind.as_json()))) == kind
