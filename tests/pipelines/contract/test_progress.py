"""A preview is taken off where the other side has it, and put back there."""

from __future__ import annotations

from pipelines.contract.progress import Progress

SHOWN = Progress(step=3, preview=b"picture", preview_id=2)


def test_a_preview_is_sent_once() -> None:
    assert SHOWN.without_preview(None) is SHOWN
    assert SHOWN.without_preview(1) is SHOWN
    assert SHOWN.without_preview(2) == Progress(step=3, preview_id=2)


def test_what_was_taken_off_is_put_back() -> None:
    assert Progress(step=4, preview_id=2).with_preview_of(SHOWN) == Progress(
        step=4, preview=b"picture", preview_id=2
    )
    fresh = Progress(step=4, preview=b"other", preview_id=3)
    assert fresh.with_preview_of(SHOWN) is fresh
    assert Progress(step=4, preview_id=3).with_preview_of(SHOWN).preview is None
