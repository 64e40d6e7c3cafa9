"""Tasks in the background: awaited, or ended in time."""

from __future__ import annotations

import asyncio

import anyio

from pipelines.jobs.background import Background


async def test_what_is_quick_ends_and_what_is_late_is_cancelled() -> None:
    ended: list[str] = []

    async def work(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(name)
        except asyncio.CancelledError:
            ended.append(f"{name} cancelled")
            raise

    with anyio.fail_after(30):
        tasks = Background()
        await tasks.stop(grace=0.0)
        tasks.spawn(work("quick", 0.0))
        tasks.spawn(work("late", 600.0))
        await tasks.stop(grace=0.2)
        await tasks.wait()
    assert ended == ["quick", "late cancelled"]
