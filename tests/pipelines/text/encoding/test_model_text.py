"""Text encoders of real checkpoint files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.families.load import load_checkpoint
from pipelines.families.text import PictureSize
from pipelines.text.embeddings.registry import EmbeddingRegistry
from pipelines.text.encoding.build import PassPrompts, build_conditioning
from pipelines.text.encoding.cache import ConditioningCache
from pipelines.text.encoding.model_text import conditioner_of


@pytest.mark.parametrize(
    ("name", "width", "vector", "embedding"),
    [
        ("tiny-sd1", 64, 0, "tinyti3"),
        ("tiny-sd2", 64, 0, "tinyti3"),
        ("tiny-sdxl", 128, 64 + 6 * 256, "tinyxl"),
    ],
)
def test_checkpoints_encode(parity_dir: Path, name: str, width: int, vector: int, embedding: str) -> None:
    model = load_checkpoint(parity_dir / "models" / "Stable-diffusion" / f"{name}.safetensors")
    registry = EmbeddingRegistry([parity_dir / "models" / "embeddings"])
    registry.refresh()
    prompts = PassPrompts(
        prompts=["a (tinyti3:1.2) tinyxl AND b"],
        negative_prompts=["[x|y]"],
        steps=4,
        size=PictureSize(width=96, height=96),
    )
    conditioner = conditioner_of(model, registry)
    built = build_conditioning(prompts, conditioner, GenerationOptions(), ConditioningCache())
    step = built.conditioning.at(0)
    assert step.context.shape == (2, 77, width)
    assert (0 if step.vector is None else step.vector.shape[1]) == vector
    assert built.report.embeddings == (embedding,)
    other = "tinyti3" if embedding == "tinyxl" else "tinyxl"
    assert [f"e.g. {other};" in warning for warning in built.report.warnings] == [True]
    assert step.context.isfinite().all()
