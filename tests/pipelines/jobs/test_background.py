"""Tasks in the background: awaited, or ended in time."""

from __future__ import annotations

import asyncio

from pipelines.jobs.background import Background


def test_what_is_quick_ends_and_what_is_late_is_cancelled() -> None:
    ended: list[str] = []

    async def work(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(name)
        except asyncio.CancelledError:
            ended.append(f"{name} cancelled")
            raise

    async def run() -> None:
        tasks = Background()
        await tasks.stop(grace=0.0)
        tasks.spawn(work("quick", 0.0))
        tasks.spawn(work("late", 600.0))
        await tasks.stop(grace=0.2)
        await tasks.wait()

    asyncio.run(asyncio.wait_for(run(), 30))
    assert ended == ["quick", "late cancelled"]
