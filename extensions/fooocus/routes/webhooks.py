"""The body of a job's webhook: its id, and the link and seed of every picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.routes.links import link_to
from pipelines.plugin import JobState, JobView
from sdapi.plugin import State


async def webhook_told(view: JobView, state: State) -> Mapping[str, Any]:
    """The body; no pictures where the job failed."""
    items: list[dict[str, Any]] = []
    if view.state is JobState.DONE:
        result = await (await state.jobs.handle(view.id)).result()
        assert isinstance(result, FooocusResult)
        items = [
            {"url": link_to(file, result.address), "seed": str(seed)}
            for file, seed in zip(result.files, result.seeds, strict=True)
        ]
    return {"job_id": view.id, "job_result": items}
