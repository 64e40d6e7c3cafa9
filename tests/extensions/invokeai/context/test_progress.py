"""A node's progress goes to the engine and to those who follow its session."""

from __future__ import annotations

import base64
import io
import logging
from typing import Any

import pytest
from PIL import Image

from extensions.invokeai.context.context import InvocationContext
from extensions.invokeai.context.errors import CanceledException
from extensions.invokeai.context.progress import let_others, require_going
from extensions.invokeai.nodes.primitives import BooleanInvocation
from pipelines.contract.control import Action
from pipelines.denoising.work import Pause, Report
from tests.extensions.invokeai.bench import Bench


@pytest.fixture
def context(bench: Bench) -> InvocationContext:
    return bench.context(BooleanInvocation(id="n"))


def told(bench: Bench) -> list[dict[str, Any]]:
    return [dict(event.data) for event in bench.services.shared.store.events.take()]


def test_a_message_alone_is_of_unknown_length(bench: Bench, context: InvocationContext) -> None:
    context.util.signal_progress("Working")
    (event,) = told(bench)
    assert (event["message"], event["percentage"], event["image"]) == ("Working", None, None)
    assert (event["invocation"]["id"], event["invocation_source_id"]) == ("n", "source")
    assert bench.asked == [Report(step=None, steps=None, text="Working", preview=None)]


def test_a_share_becomes_steps_of_a_hundred(
    bench: Bench, context: InvocationContext, caplog: pytest.LogCaptureFixture
) -> None:
    for share in (0.0, 0.256, 1.0):
        context.util.signal_progress("Working", share)
    assert not caplog.records
    assert [(report.step, report.steps) for report in bench.asked] == [(0, 100), (26, 100), (100, 100)]
    assert [event["percentage"] for event in told(bench)] == [0.0, 0.256, 1.0]


@pytest.mark.parametrize(("given", "clamped"), [(1.5, 1.0), (-0.5, 0.0)])
def test_a_share_is_clamped_with_a_warning(
    given: float, clamped: float, bench: Bench, context: InvocationContext, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        context.util.signal_progress("Working", given)
    assert told(bench)[0]["percentage"] == clamped and str(given) in caplog.text


def test_a_picture_is_shown_at_its_own_size_or_another(bench: Bench, context: InvocationContext) -> None:
    picture = Image.new("RGBA", (12, 8), "red")
    context.util.signal_progress("Working", 0.5, picture)
    context.util.signal_progress("Working", 0.5, picture, (120, 80))
    own, larger = (event["image"] for event in told(bench))
    assert (own["width"], own["height"], larger["width"], larger["height"]) == (12, 8, 120, 80)
    head, _, data = own["dataURL"].partition(",")
    with Image.open(io.BytesIO(base64.b64decode(data))) as shown:
        assert (head, shown.format, shown.size) == ("data:image/jpeg;base64", "JPEG", (12, 8))
    assert bench.asked[0].preview == base64.b64decode(data)


def test_a_pause_lets_others_go_on(bench: Bench) -> None:
    let_others(bench.services)
    assert [type(step) for step in bench.asked] == [Pause]


def test_a_cancelled_session_ends_its_node(bench: Bench, context: InvocationContext) -> None:
    assert not context.util.is_canceled()
    require_going(bench.services)
    bench.control.ask(Action.CANCEL)
    assert context.util.is_canceled()
    for step in (lambda: context.util.signal_progress("Working"), lambda: let_others(bench.services)):
        with pytest.raises(CanceledException):
            step()
    assert bench.asked == [] and told(bench) == []
