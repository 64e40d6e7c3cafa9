"""Tensors and conditioning are copies, on disk, and read without running code."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import torch

from extensions.invokeai.context.conditioning_data import (
    ConditioningFieldData,
    SDXLConditioningInfo,
    pack,
    unpack,
)
from extensions.invokeai.store.errors import ObjectNotFoundError
from extensions.invokeai.store.objects import KEPT_IN_RAM, OLD_SECONDS, Objects
from pipelines.memory.budget import Budget
from pipelines.memory.weight_shelf import WeightShelf


def tensors(folder: Path, shelf: WeightShelf | None = None) -> Objects[torch.Tensor]:
    return Objects(folder, lambda one: one.clone(), lambda one: one.clone(), shelf or WeightShelf())


def test_what_is_loaded_is_a_copy(tmp_path: Path) -> None:
    objects = tensors(tmp_path)
    name = objects.save(torch.ones(2, dtype=torch.float16))
    objects.load(name).mul_(5)
    again = tensors(tmp_path).load(name)
    assert (again.tolist(), again.dtype) == ([1, 1], torch.float16)
    objects.delete([name])
    assert not objects.exists(name)
    with pytest.raises(ObjectNotFoundError):
        objects.load(name)
    with pytest.raises(ObjectNotFoundError):
        objects.load("../../etc/passwd")


def test_conditioning_keeps_its_kind(tmp_path: Path) -> None:
    objects = Objects(tmp_path, pack, unpack, WeightShelf())
    info = SDXLConditioningInfo(embeds=torch.ones(1), pooled_embeds=torch.ones(2), add_time_ids=torch.ones(3))
    name = objects.save(ConditioningFieldData(conditionings=[info]))
    (found,) = Objects(tmp_path, pack, unpack, WeightShelf()).load(name).conditionings
    assert isinstance(found, SDXLConditioningInfo)
    assert found.to(torch.device("cpu"), torch.float16).add_time_ids.dtype == torch.float16


def test_what_nobody_collected_is_dropped_when_it_is_old(tmp_path: Path) -> None:
    objects = tensors(tmp_path)
    old, young = objects.save(torch.ones(1)), objects.save(torch.ones(1))
    past = time.time() - OLD_SECONDS - 10
    os.utime(tmp_path / old, (past, past))
    objects.drop_old()
    assert {path.name for path in tmp_path.iterdir()} == {young}


def test_what_is_kept_counts_in_the_budget_and_leaves_for_others(tmp_path: Path) -> None:
    budget = Budget(15_000, hard=True)
    shelf = WeightShelf(budget)
    objects = tensors(tmp_path, shelf)
    names = [objects.save(torch.full((1000,), float(number))) for number in range(3)]
    assert len(shelf.contents) == 2 and 8_000 < shelf.bytes == budget.used <= 15_000
    assert [objects.load(name)[0].item() for name in names] == [0, 1, 2]
    assert budget.used <= 15_000
    budget.make_room(15_000)
    assert shelf.contents == []


def test_what_is_larger_than_the_budget_is_stored_all_the_same(tmp_path: Path) -> None:
    shelf = WeightShelf(Budget(100, hard=True))
    objects = tensors(tmp_path, shelf)
    assert objects.load(objects.save(torch.ones(1000))).sum() == 1000
    assert shelf.contents == []


def test_only_the_latest_are_kept_and_none_that_is_deleted(tmp_path: Path) -> None:
    shelf = WeightShelf()
    objects = tensors(tmp_path, shelf)
    names = [objects.save(torch.ones(1)) for _ in range(KEPT_IN_RAM + 1)]
    assert len(shelf.contents) == KEPT_IN_RAM
    objects.delete(names)
    assert shelf.contents == []
