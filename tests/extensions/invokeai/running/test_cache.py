"""Outputs of nodes kept for equal nodes, and the tensors that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extensions.invokeai.nodes.maths import AddInvocation
from extensions.invokeai.running.cache import NodeCache, key_of, names_in
from extensions.invokeai.store.store import InvokeStore


class Stored:
    """Names of objects, as the stores of tensors and conditioning have them."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def exists(self, name: str) -> bool:
        return name in self.names

    def delete(self, names: Iterable[str]) -> None:
        self.names -= set(names)


@pytest.fixture
def shared(tmp_path: Path) -> Any:
    """The parts of an engine whose cache holds two outputs."""
    return SimpleNamespace(
        store=InvokeStore(tmp_path),
        config=SimpleNamespace(node_cache_size=2),
        tensors=Stored("a", "b", "c"),
        conditioning=Stored("words"),
    )


def latents(name: str) -> dict[str, Any]:
    return {"type": "latents_output", "latents": {"latents_name": name}, "width": 64}


def test_equal_nodes_have_one_key_for_each_client() -> None:
    one, other = AddInvocation(id="1", a=2), AddInvocation(id="2", a=2)
    assert key_of(one, "anne") == key_of(other, "anne") != key_of(one, "ben")
    assert key_of(one, "anne") != key_of(AddInvocation(id="1", a=3), "anne")


def test_names_are_found_at_any_depth() -> None:
    output = {
        "list": [{"tensor_name": "a"}, {"inner": {"latents_name": "b", "seed": 1}}],
        "mask": {"mask_name": "c", "masked_latents_name": None},
        "tensor_name": {"tensor_name": "d"},
        "image": {"image_name": "p"},
    }
    wanted = ("tensor_name", "latents_name", "mask_name", "masked_latents_name")
    assert sorted(names_in(output, wanted)) == ["a", "b", "c", "d"]


def test_an_output_is_answered_as_a_copy(shared: Any) -> None:
    cache, given = NodeCache(shared), {"value": [1]}
    cache.put("k", given)
    given["value"].append(2)
    found = cache.get("k")
    assert found is not None and found == {"value": [1]}
    found["value"].append(3)
    assert cache.get("k") == {"value": [1]}
    assert (cache.get("other"), cache.get(None)) == (None, None)


def test_a_node_or_a_client_may_want_no_cache(shared: Any) -> None:
    cache = NodeCache(shared)
    assert cache.key(AddInvocation()) is not None
    assert cache.key(AddInvocation(use_cache=False)) is None
    shared.store.cache_state.enable(False)
    cache.begin_session(set())
    assert cache.key(AddInvocation()) is None
    cache.put(None, {"value": 1})
    shared.store.cache_state.enable(True)
    cache.begin_session(set())
    assert cache.key(AddInvocation()) is not None


def test_the_least_recently_used_leaves_with_its_tensors(shared: Any) -> None:
    cache = NodeCache(shared)
    cache.put("1", latents("a"))
    cache.put("2", latents("b"))
    assert cache.get("1") is not None
    cache.put("3", latents("c"))
    assert (cache.get("2"), cache.get("1"), cache.get("3")) == (None, latents("a"), latents("c"))
    assert shared.tensors.names == {"a", "c"}


def test_what_a_running_session_uses_stays_until_its_end(shared: Any) -> None:
    cache, used, other = NodeCache(shared), {"a", "words"}, {"b"}
    cache.begin_session(used)
    cache.begin_session(other)
    for number, name in enumerate(("a", "b", "c")):
        cache.put(str(number), latents(name))
    assert shared.tensors.names == {"a", "b", "c"}
    shared.store.cache_state.clear()
    cache.begin_session(set())
    assert "a" in shared.tensors.names
    cache.end_session(other)
    assert ("a" in shared.tensors.names, "b" in shared.tensors.names) == (True, False)
    cache.end_session(used)
    assert (shared.tensors.names & {"a", "b"}, shared.conditioning.names) == (set(), set())


def test_an_output_whose_object_is_lost_is_forgotten(shared: Any) -> None:
    cache = NodeCache(shared)
    cache.put("t", latents("a"))
    cache.put("p", {"image": {"image_name": "gone.png"}})
    assert cache.get("p") is None
    shared.tensors.delete(["a"])
    assert cache.get("t") is None


def test_a_session_leaves_what_an_output_names(shared: Any) -> None:
    cache, saved = NodeCache(shared), {"a", "b", "words"}
    cache.begin_session(saved)
    cache.put("1", {"conditioning": {"conditioning_name": "words"}, **latents("a")})
    cache.end_session(saved)
    assert (shared.tensors.names, shared.conditioning.names) == ({"a", "c"}, {"words"})


def test_clients_may_have_everything_forgotten(shared: Any) -> None:
    cache = NodeCache(shared)
    cache.put("1", latents("a"))
    shared.store.cache_state.clear()
    assert cache.get("1") is not None
    cache.begin_session(set())
    assert cache.get("1") is None
    assert shared.tensors.names == {"b", "c"}


def test_figures_are_those_since_the_start(shared: Any) -> None:
    cache, saved = NodeCache(shared), set[str]()
    cache.begin_session(saved)
    cache.put("1", {"value": 1})
    for key in ("1", "1", "2", None):
        cache.get(key)
    cache.end_session(saved)
    figures = shared.store.cache_state.figures()
    assert (figures["size"], figures["hits"], figures["misses"]) == (1, 2, 1)
