"""Outputs of nodes that need not run again: those with the same type and inputs as one that ran."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias

from extensions.invokeai.context.parts import SharedParts
from extensions.invokeai.invocation.base import BaseInvocation

NodeOutput: TypeAlias = dict[str, Any]
"""The output of a node as JSON."""

NAMES = ("tensor_name", "latents_name", "mask_name", "masked_latents_name", "conditioning_name")
IMAGE_NAME = "image_name"


def key_of(node: BaseInvocation, client: str) -> str:
    """A hash of what equal nodes share: all but the id. Each client has outputs of its own."""
    text = client + "\n" + node.model_dump_json(exclude={"id"}, warnings=False)
    return hashlib.sha256(text.encode()).hexdigest()


def names_in(value: Any, wanted: tuple[str, ...]) -> Iterator[str]:
    """Names of stored objects in an output as JSON."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in wanted and isinstance(inner, str):
                yield inner
            else:
                yield from names_in(inner, wanted)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names_in(inner, wanted)


class NodeCache:
    """The last outputs of an engine; what the store has no longer is forgotten."""

    def __init__(self, shared: SharedParts) -> None:
        self._shared = shared
        self._outputs: OrderedDict[str, NodeOutput] = OrderedDict()
        self._wish = shared.store.cache_state.wish()
        self._hits = self._misses = 0
        self._in_use: list[set[str]] = []

    def begin_session(self, used: set[str]) -> None:
        """Follow the wishes of the server's clients since the last session.

        ``used`` gets the names of all that the session needs; they stay until it ends.
        """
        wish = self._shared.store.cache_state.wish()
        if wish.clears != self._wish.clears or not wish.enabled:
            gone = list(self._outputs.values())
            self._outputs.clear()
            self._collect({name for output in gone for name in names_in(output, NAMES)})
        self._wish = wish
        self._in_use.append(used)

    def key(self, node: BaseInvocation, client: str = "") -> str | None:
        """The key of such a node's output; None if it runs each time.

        It is asked for before the node runs: one that changes its own inputs is still what it was asked.
        """
        used = node.use_cache and self._wish.enabled and self._shared.config.node_cache_size
        return key_of(node, client) if used else None

    def get(self, key: str | None) -> NodeOutput | None:
        """A copy of the kept output; None if there is none, or the store has lost what it names."""
        if key is None:
            return None
        found = self._outputs.get(key)
        if found is not None and not self._there(found):
            del self._outputs[key]
            found = None
        if found is None:
            self._misses += 1
            return None
        self._hits += 1
        self._outputs.move_to_end(key)
        return deepcopy(found)

    def put(self, key: str | None, output: NodeOutput) -> None:
        """Keep an output; the least recently used leaves."""
        if key is None:
            return
        self._outputs[key] = deepcopy(output)
        if len(self._outputs) > self._shared.config.node_cache_size:
            _, gone = self._outputs.popitem(last=False)
            self._collect(set(names_in(gone, NAMES)))

    def end_session(self, used: set[str]) -> None:
        """Remove the tensors and conditioning that a session used, unless an output here names them."""
        self._in_use = [other for other in self._in_use if other is not used]
        self._collect(used)
        self._shared.store.cache_state.report(
            str(os.getpid()), size=len(self._outputs), hits=self._hits, misses=self._misses
        )

    def _collect(self, names: set[str]) -> None:
        if not names:
            return
        kept: set[str] = set().union(*self._in_use)
        for output in self._outputs.values():
            kept |= set(names_in(output, NAMES))
        self._shared.tensors.delete(names - kept)
        self._shared.conditioning.delete(names - kept)

    def _there(self, output: Any) -> bool:
        shared = self._shared
        pictures = all(shared.store.images.exists(name) for name in names_in(output, (IMAGE_NAME,)))
        return pictures and all(
            shared.tensors.exists(name) or shared.conditioning.exists(name)
            for name in names_in(output, NAMES)
        )
