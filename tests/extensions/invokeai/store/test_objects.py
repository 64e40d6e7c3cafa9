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
from extensions.invokeai.store.objects import OLD_SECONDS, Objects


def tensors(folder: Path) -> Objects[torch.Tensor]:
    return Objects(folder, lambda tensor: tensor.clone(), lambda tensor: tensor.clone())


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
    objects = Objects(tmp_path, pack, unpack)
    info = SDXLConditioningInfo(embeds=torch.ones(1), pooled_embeds=torch.ones(2), add_time_ids=torch.ones(3))
    name = objects.save(ConditioningFieldData(conditionings=[info]))
    (found,) = Objects(tmp_path, pack, unpack).load(name).conditionings
    assert isinstance(found, SDXLConditioningInfo)
    assert found.to(torch.device("cpu"), torch.float16).add_time_ids.dtype == torch.float16


def test_what_nobody_collected_is_dropped_when_it_is_old(tmp_path: Path) -> None:
    objects = tensors(tmp_path)
    old, young = objects.save(torch.ones(1)), objects.save(torch.ones(1))
    past = time.time() - OLD_SECONDS - 10
    os.utime(tmp_path / old, (past, past))
    objects.drop_old()
    assert {path.name for path in tmp_path.iterdir()} == {young}
