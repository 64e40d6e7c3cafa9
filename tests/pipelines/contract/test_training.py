"""Each target of training has a word of its own, which labels its jobs."""

from __future__ import annotations

import pytest

from pipelines.contract.kinds import kind_of
from pipelines.contract.training import (
    EmbeddingTarget,
    HypernetworkTarget,
    LoraTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainingTarget,
    TrainRequest,
)


def run_on(target: TrainingTarget) -> TrainRequest:
    return TrainRequest(
        run="r",
        seed=1,
        name="n",
        checkpoint="c",
        target=target,
        pictures=TrainingPictures(folder="p", width=64, height=64, template=("[name]",)),
        steps=TrainingSteps(steps=1, learn_rate="0.1"),
        log=TrainingLog(folder="l"),
    )


@pytest.mark.parametrize(
    ("target", "word"),
    [
        (EmbeddingTarget(path="x"), "embedding"),
        (HypernetworkTarget(path="x"), "hypernetwork"),
        (LoraTarget(path="x"), "lora"),
    ],
)
def test_a_job_is_labelled_by_its_target(target: TrainingTarget, word: str) -> None:
    request = run_on(target)
    assert request.trains == word
    kind = kind_of(request)
    assert kind.label_of(request) == f"train-{word}"
    assert kind.is_labelled(f"train-{word}")
