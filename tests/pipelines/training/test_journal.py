"""The table of losses of a run, as A1111 writes it."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.training import (
    EmbeddingTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainRequest,
)
from pipelines.training.journal import Journal
from pipelines.training.trainee import TraineeNames
from tests.pipelines.training.runs import losses_of

NAMES = TraineeNames(word="embedding", folder="embeddings", suffix=".pt", losses="one_loss.csv")


def journal(folder: Path, *, every: int = 1) -> Journal:
    request = TrainRequest(
        run="1",
        seed=1,
        name="one",
        checkpoint="",
        target=EmbeddingTarget(path=""),
        pictures=TrainingPictures(folder="", width=8, height=8, template=("x",)),
        steps=TrainingSteps(steps=1, learn_rate="1"),
        log=TrainingLog(folder=str(folder), csv_every=every),
    )
    return Journal.begin(request, NAMES)


def test_losses_are_noted_when_they_are_due(tmp_path: Path) -> None:
    own = journal(tmp_path, every=2)
    for made in range(1, 5):
        own.note_loss(made, 2, 0.12345678, 1e-05)
    assert losses_of(tmp_path) == [
        ["step", "epoch", "epoch_step", "loss", "learn_rate"],
        ["2", "0", "1", "0.1234568", "1e-05"],
        ["4", "1", "1", "0.1234568", "1e-05"],
    ]


def test_losses_of_steps_that_are_made_again_are_cut_off(tmp_path: Path) -> None:
    own = journal(tmp_path)
    own.cut_losses(0)
    own.note_loss(1, 1, 0.5, 1.0)
    own.note_loss(2, 1, 0.5, 1.0)
    size = own.losses_size()
    own.note_loss(3, 1, 0.5, 1.0)
    own.cut_losses(size)
    assert [row[0] for row in losses_of(tmp_path)] == ["step", "1", "2"]


def test_never_is_no_file(tmp_path: Path) -> None:
    journal(tmp_path, every=0).note_loss(1, 1, 0.5, 1.0)
    assert not list(tmp_path.rglob("*.csv"))
