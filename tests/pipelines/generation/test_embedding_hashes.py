"""Textual inversions of hires prompts are named in the infotext with those of the first pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from pipelines.contract.requests import Hires
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_engine, make_request

WIDTH = 64
"""Of the small checkpoint's text encoder."""


def models_with_embeddings(models: Path, folder: Path) -> Path:
    """The small checkpoint, and the embeddings first and second."""
    folder.mkdir()
    (folder / "Stable-diffusion").symlink_to(models / "Stable-diffusion", target_is_directory=True)
    (folder / "embeddings").mkdir()
    for number, name in enumerate(("first", "second")):
        save_file(
            {"emb_params": torch.full((1, WIDTH), 0.1 * number)},
            folder / "embeddings" / f"{name}.safetensors",
        )
    return folder


def names(engine: Engine, models: Path, prompt: str, hires_prompt: str) -> list[str]:
    """The names in ``TI hashes``, in order."""
    hires = Hires(scale=1.5, steps=1, prompt=hires_prompt)
    request = replace(make_request(models, prompt=prompt, steps=1), hires=hires, denoising_strength=1.0)
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    hashes = str(result.info["extra_generation_params"]["TI hashes"])
    return [one.partition(":")[0] for one in hashes.split(", ")]


def test_both_passes_are_named(models_dir: Path, tmp_path: Path) -> None:
    models = models_with_embeddings(models_dir, tmp_path / "models")
    engine = make_engine(models, tmp_path)
    try:
        assert names(engine, models, "a first", "a second") == ["second", "first"]
        assert names(engine, models, "a first", "a first") == ["first"]
        assert names(engine, models, "a first", "nothing") == ["first"]
    finally:
        engine.close()
