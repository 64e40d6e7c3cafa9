"""A training run beyond the limits is refused with its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from pipelines.contract.training import (
    HypernetworkShape,
    LoraTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainRequest,
)
from pipelines.contract.training_limits import check_shape, check_training

REQUEST = TrainRequest(
    run="1",
    seed=1,
    name="one",
    checkpoint="",
    target=LoraTarget(path=""),
    pictures=TrainingPictures(folder="", width=512, height=512, template=("x",)),
    steps=TrainingSteps(steps=100, learn_rate="1"),
    log=TrainingLog(folder=""),
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": replace(REQUEST.steps, steps=10**7)}, "steps.steps"),
        ({"steps": replace(REQUEST.steps, batch_size=65)}, "steps.batch_size"),
        ({"pictures": replace(REQUEST.pictures, width=10**6)}, "pictures.width"),
        ({"pictures": replace(REQUEST.pictures, tag_drop_out=2.0)}, "pictures.tag_drop_out"),
        ({"target": LoraTarget(path="", rank=0)}, "target.rank"),
        ({"seed": 2**70}, "seed"),
    ],
)
def test_the_field_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_training(replace(REQUEST, **changes), WorkLimits(), pictures=100)
    assert caught.value.field == field


def test_a_batch_is_as_large_as_the_folder() -> None:
    steps = replace(REQUEST.steps, batch_size=99)
    check_training(replace(REQUEST, steps=steps), WorkLimits(), pictures=4)


def test_the_cost_counts_every_picture_of_every_step() -> None:
    check_training(REQUEST, WorkLimits(cost=27), pictures=1)
    with pytest.raises(InvalidRequest, match="cost"):
        check_training(REQUEST, WorkLimits(cost=25), pictures=1)


def test_networks_stay_small() -> None:
    check_shape(HypernetworkShape(sizes=(320,), layer_structure=(1, 2, 1)))
    with pytest.raises(InvalidRequest, match="layer_structure"):
        check_shape(HypernetworkShape(sizes=(320,), layer_structure=(1, 1e9, 1)))
