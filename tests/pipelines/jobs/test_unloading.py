"""A real engine in its process gives memory back when models leave."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.hosts.engine_spec import EngineSpec
from pipelines.jobs.service import JobService
from tests.engines import CHECKPOINT, engine_settings, make_request
from tests.pipelines.jobs.helpers import running_service, until

TOKENS = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight"
MORE_TOKENS = 800_000
MIB = 2**20


def make_large(source: Path, target: Path) -> None:
    """A checkpoint whose table of tokens has 800000 rows more that nobody uses: 195 MiB in fp32."""
    tensors = load_file(source)
    table = tensors[TOKENS]
    tensors[TOKENS] = torch.cat([table, table.new_ones(MORE_TOKENS, table.shape[1])])
    save_file(tensors, target)


def resident(service: JobService) -> float:
    """MiB of RAM of the first engine's process."""
    return psutil.Process(service.runner.engines[0].pid).memory_info().rss / MIB


@pytest.mark.slow
async def test_the_engine_shrinks_when_a_checkpoint_leaves(models_dir: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.safetensors"
    make_large(models_dir / "Stable-diffusion" / CHECKPOINT, large)
    spec = EngineSpec(settings=engine_settings(models_dir, tmp_path, keep_alive=1.0))

    async def draw(service: JobService, path: Path, keep_alive: float | None) -> float:
        """Make a picture; how large the engine is after it."""
        request = make_request(models_dir, checkpoint=str(path), steps=1, keep_alive=keep_alive)
        await (await service.submit(request)).result()
        return resident(service)

    async with running_service([spec]) as service:
        before = await draw(service, models_dir / "Stable-diffusion" / CHECKPOINT, -1.0)
        loaded = await draw(service, large, -1.0)
        assert loaded - before > 180
        await draw(service, large, 0.0)
        await until(lambda: resident(service) - before < 60, 60)
        gone = resident(service)
        print(f"{before:.0f} MiB empty, {loaded:.0f} loaded, {gone:.0f} after keep_alive 0")
        assert await draw(service, large, None) - before > 180
        await until(lambda: resident(service) - before < 60, 60)
