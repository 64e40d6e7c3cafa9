"""Training runs as they were recorded on the original, for an engine on the small checkpoint."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from pipelines.contract.training import (
    EmbeddingTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainRequest,
)
from pipelines.training.archive import write_torch
from pipelines.training.embedding.file import embedding_record

DATA = Path(__file__).resolve().parents[2] / "data" / "training"
INPUTS = DATA / "inputs"
RUNS: Mapping[str, Any] = json.loads((DATA / "numbers.json").read_text(encoding="utf-8"))["runs"]
BASE: Mapping[str, Any] = json.loads((DATA / "requests.json").read_text(encoding="utf-8"))["base"]
SEED = 1234
LISTING = ["line.png", "blue square.png", "0001-a red circle-x1.png", "green_triangle.jpg"]
"""The order in which the original's machine listed the folder ``pics``."""


def as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """List the folder of four pictures in that order."""
    real = os.listdir

    def listed(folder: Path) -> list[str]:
        return LISTING if Path(folder).name == "pics" else real(folder)

    monkeypatch.setattr("pipelines.training.dataset.os.listdir", listed)


def recorded_request(name: str, models: Path, folder: Path) -> TrainRequest:
    """The request of a recorded run, whose embedding is written to ``folder`` as it was before."""
    run = RUNS[name]
    body = {**BASE["/sdapi/v1/train/embedding"], **run["set"]}
    write_embedding(folder / "t2emb.pt", torch.tensor(run["before"]))
    template = INPUTS / "templates" / body["template_filename"]
    return TrainRequest(
        run=name,
        seed=SEED,
        name="t2emb",
        checkpoint=str(models / "Stable-diffusion" / "tiny-sd1.safetensors"),
        target=EmbeddingTarget(path=str(folder / "t2emb.pt")),
        pictures=TrainingPictures(
            folder=str(INPUTS / body["data_root"].removeprefix("<work>/")),
            width=64,
            height=64,
            template=tuple(template.read_text(encoding="utf-8").splitlines()),
            shuffle_tags=body["shuffle_tags"],
            tag_drop_out=body["tag_drop_out"],
        ),
        steps=TrainingSteps(
            steps=body["steps"],
            learn_rate=body["learn_rate"],
            batch_size=body["batch_size"],
            gradient_step=body["gradient_step"],
        ),
        log=TrainingLog(folder=str(folder / "log"), csv_every=1),
    )


def short_request(models: Path, folder: Path, **changes: Any) -> TrainRequest:
    """One picture, one line, two steps; ``changes`` of its log and its steps."""
    request = recorded_request("embedding-one", models, folder)
    steps = replace(request.steps, steps=changes.pop("steps", 2))
    return replace(request, steps=steps, log=replace(request.log, **changes))


def write_embedding(path: Path, vectors: Tensor, *, step: int = 0) -> None:
    """An embedding's file."""
    write_torch(path, embedding_record(vectors, name=path.stem, step=step), name=path.stem)


def vectors_of(path: Path) -> Tensor:
    """The vectors of an embedding's file."""
    return torch.load(path, weights_only=True)["string_to_param"]["*"]


def losses_of(folder: Path) -> list[list[str]]:
    """The rows of a run's table of losses."""
    (file,) = folder.rglob("*_loss.csv")
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
