"""Types by name; a later one takes an earlier one's place, and the log says whose it was."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from extensions.invokeai.invocation.base import CORE, UIConfigBase
from extensions.invokeai.invocation.registry import InvocationRegistry


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No types are known."""
    monkeypatch.setattr(InvocationRegistry, "nodes", {})
    monkeypatch.setattr(InvocationRegistry, "outputs", {})


def node(name: str, pack: str) -> Any:
    config = UIConfigBase(node_pack=pack)
    return type("Node", (), {"UIConfig": config, "get_type": classmethod(lambda cls: name)})


def test_types_are_found_by_their_names() -> None:
    one, other = node("one", CORE), node("other", "pack")
    InvocationRegistry.register_invocation(one)
    InvocationRegistry.register_invocation(other)
    assert InvocationRegistry.get_invocation_for_type("one") is one
    assert InvocationRegistry.get_invocation_for_type("nothing") is None
    assert InvocationRegistry.get_invocation_classes() == [one, other]


@pytest.mark.parametrize(
    ("former", "text"),
    [(CORE, "the core node 'n' is replaced by that of mine"), ("a", "the node of a 'n' is")],
)
def test_a_later_node_takes_the_place_of_an_earlier_one(
    former: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    InvocationRegistry.register_invocation(node("n", former))
    later = node("n", "mine")
    with caplog.at_level(logging.WARNING, "invokeai.nodes"):
        InvocationRegistry.register_invocation(later)
    assert InvocationRegistry.get_invocation_classes() == [later]
    assert text in caplog.text


def test_a_later_output_takes_the_place_of_an_earlier_one(caplog: pytest.LogCaptureFixture) -> None:
    first, later = node("o", "a"), node("o", "b")
    InvocationRegistry.register_output(first)
    assert caplog.text == ""
    InvocationRegistry.register_output(later)
    assert InvocationRegistry.get_output_classes() == [later]
    assert "the output 'o' is replaced" in caplog.text
