"""Parts that tests of jobs share: small requests, fake engines, and a service for one test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings, Folders
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.service import JobService, ServicePolicy
from pipelines.jobs.store import JobStore

FAKE = "tests.pipelines.jobs.fake_engine:FakeEngine"


def make_request(prompt: str = "a cat", *, steps: int = 3, seed: int = 1, **more: Any) -> GenerationRequest:
    """A request that the fake engine understands."""
    values: dict[str, Any] = {"checkpoint": "one.safetensors", **more}
    return GenerationRequest(prompt=prompt, steps=steps, seeds=Seeds(seed=seed, subseed=0), **values)


def make_settings(device: str = "cpu") -> EngineSettings:
    """Settings without any folder."""
    nowhere = Path("nowhere")
    folders = Folders(
        data=nowhere,
        models=nowhere,
        checkpoints=(),
        vaes=(),
        loras=(),
        embeddings=(),
        hypernetworks=(),
    )
    return EngineSettings(folders=folders, device=device)


def make_spec(device: str = "cpu", **more: Any) -> EngineSpec:
    """A fake engine in a real process."""
    return EngineSpec(settings=make_settings(device), engine=FAKE, **more)


@asynccontextmanager
async def running_service(
    specs: list[EngineSpec] | None = None,
    open_store: Callable[[], JobStore] = MemoryStore,
    policy: ServicePolicy | None = None,
    *,
    grace: float = 0.0,
) -> AsyncGenerator[JobService]:
    """A service with one fake engine unless told otherwise, stopped at the end."""
    service = JobService([make_spec()] if specs is None else specs, open_store, policy)
    await service.start()
    try:
        yield service
    finally:
        await service.shutdown(grace)


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something to become true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
