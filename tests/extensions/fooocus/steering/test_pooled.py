"""Pooled texts, on a small SDXL where the recordings are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.steering.pooled import PooledText
from pipelines.denoising.model_call import Rows
from pipelines.engine.engine import Engine
from tests.extensions.fooocus.drawing.test_run import base_request


@dataclass(frozen=True)
class VectorCall:
    vector: torch.Tensor | None
    rows: Rows


def test_each_row_hears_its_own_side() -> None:
    rows = Rows(is_cond=(True, False), image=(0, 0), call=0, sigma=1.0, timestep=1.0, fraction=0.0)
    call: Any = VectorCall(vector=torch.full((2, 4 + 6 * 256), 7.0), rows=rows)
    made = PooledText(torch.ones(4), torch.full((4,), 2.0))(call).vector
    assert made is not None
    assert made[:, :4].tolist() == [[1.0] * 4, [2.0] * 4]
    assert made[:, 4:].eq(7).all()
    without: Any = VectorCall(vector=None, rows=rows)
    assert PooledText(torch.ones(4), torch.ones(4))(without) is without


def test_sdxl_hears_every_chunk(engine: Engine, models_dir: Path, parity_dir: Path) -> None:
    sdxl = str(parity_dir / "models" / "Stable-diffusion" / "tiny-sdxl.safetensors")
    request = base_request(models_dir)
    request = replace(request, base=replace(request.base, checkpoint=sdxl))
    (picture,) = request.pictures
    several = replace(picture, positive=("a cat", "by night"), negative=("blue", "red"))
    results = [engine.run(replace(request, pictures=(one,))) for one in (picture, several)]
    first, second = results
    assert isinstance(first, FooocusResult) and isinstance(second, FooocusResult)
    assert first.images != second.images
