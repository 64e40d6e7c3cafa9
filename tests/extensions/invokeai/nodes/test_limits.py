"""Limits that nodes keep: of pictures, steps and lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extensions.invokeai.nodes.limits import MOST_ITEMS, check_length, check_size, check_steps
from extensions.invokeai.nodes.primitives import BooleanInvocation
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from tests.extensions.invokeai.bench import Bench


def test_lists_may_have_their_greatest_length() -> None:
    check_length(MOST_ITEMS)
    with pytest.raises(ValueError, match=f"a list of {MOST_ITEMS + 1} items"):
        check_length(MOST_ITEMS + 1)


def test_limits_of_the_server_hold_for_nodes(bench: Bench) -> None:
    limits = replace(WorkLimits(), pixels=64 * 64, side=128, steps=10)
    bench.engine.settings = replace(bench.engine.settings, limits=limits)
    context = bench.context(BooleanInvocation())
    check_size(context, 32, 128)
    check_steps(context, 10)
    for width, height in ((65, 64), (129, 1)):
        with pytest.raises(InvalidRequest, match="beyond"):
            check_size(context, width, height)
    with pytest.raises(InvalidRequest, match="--max-steps"):
        check_steps(context, 11)
