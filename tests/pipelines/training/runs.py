"""Training runs as they were recorded on the original, for an engine on the small checkpoints."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from pipelines.contract.training import (
    EmbeddingTarget,
    HypernetworkShape,
    HypernetworkTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainingTarget,
    TrainRequest,
)
from pipelines.training.archive import write_torch
from pipelines.training.embedding.file import embedding_record
from pipelines.training.hypernetwork.network import NetworkPairs

DATA = Path(__file__).resolve().parents[2] / "data" / "training"
INPUTS = DATA / "inputs"
SEED = 1234
SIZE = 64
"""Channels of the hypernetworks that were recorded."""
SHAPE = HypernetworkShape(sizes=(SIZE,), layer_structure=(1, 2, 1), activation="relu")
LISTINGS: Mapping[str, list[str]] = {
    "pics": ["line.png", "blue square.png", "0001-a red circle-x1.png", "green_triangle.jpg"],
    "wide": ["w2.png", "w0.png", "w3.png", "w1.png"],
}
"""The order in which the original's machine listed folders with several pictures."""


@dataclass(frozen=True)
class RecordedTraining:
    """A folder of recordings: ``requests.json``, ``numbers.json``, ``inputs``, tensors of hypernetworks."""

    folder: Path

    @cached_property
    def runs(self) -> Mapping[str, Any]:
        """Runs by name, with losses, and vectors before and after."""
        return json.loads((self.folder / "numbers.json").read_text(encoding="utf-8"))["runs"]

    @cached_property
    def base(self) -> Mapping[str, Any]:
        """Bodies by route, over which a run's own fields are laid."""
        return json.loads((self.folder / "requests.json").read_text(encoding="utf-8"))["base"]

    def tensors(self, name: str, when: str) -> list[dict[str, Tensor]] | None:
        """Of keys' and values' network ``before`` and ``after`` a run, where they were kept."""
        if "tensors" not in self.runs[name]:
            return None
        found = load_file(self.folder / self.runs[name]["tensors"])
        starts = [f"{when}.{place}." for place in (0, 1)]
        return [
            {key.removeprefix(start): value for key, value in found.items() if key.startswith(start)}
            for start in starts
        ]


OWN = RecordedTraining(DATA)
RUNS = OWN.runs


def as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """List folders in the original's order."""
    real = os.listdir

    def listed(folder: Path) -> list[str]:
        return LISTINGS.get(Path(folder).name) or real(folder)

    monkeypatch.setattr("pipelines.training.dataset.os.listdir", listed)


def recorded_request(name: str, models: Path, folder: Path, recorded: RecordedTraining = OWN) -> TrainRequest:
    """The request of a recorded run; what it trains is written to ``folder`` as it was before."""
    run = recorded.runs[name]
    body = {**recorded.base[f"/sdapi/v1/train/{run['kind']}"], **run["set"]}
    target = _target(name, folder, recorded)
    inputs = recorded.folder / "inputs"
    template = inputs / "templates" / body["template_filename"]
    return TrainRequest(
        run=name,
        seed=SEED,
        name=Path(target.path).stem,
        checkpoint=str(models / "Stable-diffusion" / run["checkpoint"]),
        target=target,
        pictures=TrainingPictures(
            folder=str(inputs / body["data_root"].removeprefix("<work>/")),
            width=body["training_width"],
            height=body["training_height"],
            template=tuple(template.read_text(encoding="utf-8").splitlines()),
            varsize=body["varsize"],
            shuffle_tags=body["shuffle_tags"],
            tag_drop_out=body["tag_drop_out"],
            latents=body["latent_sampling_method"],
            use_weight=body["use_weight"],
        ),
        steps=TrainingSteps(
            steps=body["steps"],
            learn_rate=body["learn_rate"],
            batch_size=body["batch_size"],
            gradient_step=body["gradient_step"],
            clip_mode=body["clip_grad_mode"],
            clip_value=body["clip_grad_value"],
        ),
        log=TrainingLog(folder=str(folder / "log"), csv_every=1),
    )


def _target(name: str, folder: Path, recorded: RecordedTraining) -> TrainingTarget:
    run = recorded.runs[name]
    if run["kind"] == "embedding":
        path = folder / "t2emb.pt"
        write_embedding(path, torch.tensor(run["before"]))
        return EmbeddingTarget(path=str(path))
    path = folder / "t2hyp.pt"
    pairs = NetworkPairs.new(SHAPE, torch.Generator().manual_seed(SEED))
    for network, state in zip(pairs.pairs[SIZE], recorded.tensors(name, "before") or (), strict=False):
        network.load_state_dict(state)
    record = pairs.record(name="t2hyp", step=0, checkpoint_hash=None, checkpoint_name=None)
    write_torch(path, record, name="t2hyp")
    return HypernetworkTarget(path=str(path))


def short_request(models: Path, folder: Path, **changes: Any) -> TrainRequest:
    """One picture, one line, two steps; ``changes`` of its log and its steps."""
    request = recorded_request("embedding-one", models, folder)
    steps = replace(request.steps, steps=changes.pop("steps", 2))
    return replace(request, steps=steps, log=replace(request.log, **changes))


def write_embedding(path: Path, vectors: Tensor, *, step: int = 0) -> None:
    """Write an embedding's file that has made ``step`` steps."""
    write_torch(path, embedding_record(vectors, name=path.stem, step=step), name=path.stem)


def vectors_of(path: Path) -> Tensor:
    """The vectors of an embedding's file."""
    return torch.load(path, weights_only=True)["string_to_param"]["*"]


def losses_of(folder: Path) -> list[list[str]]:
    """The rows of a run's table of losses."""
    (file,) = folder.rglob("*_loss.csv")
    return [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
