"""A node's context has a part for each purpose, made anew for each run."""

from __future__ import annotations

from extensions.invokeai.nodes.primitives import BooleanInvocation
from tests.extensions.invokeai.bench import Bench


def test_every_run_has_a_context_of_its_own(bench: Bench) -> None:
    node = BooleanInvocation()
    one, other = bench.context(node), bench.context(node)
    assert one is not other and one.images is not other.images
    assert one.services is other.services is bench.services
    assert (one.data.invocation, one.data.source_invocation_id) == (node, "source")
