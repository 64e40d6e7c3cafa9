"""Encoded prompts are packed and unpacked as copies, and moved together."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import torch

from extensions.invokeai.context.conditioning_data import (
    KINDS,
    BasicConditioningInfo,
    ConditioningFieldData,
    SD3ConditioningInfo,
    pack,
    unpack,
)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_comes_back_as_a_copy(name: str) -> None:
    values = {field.name: torch.rand(1, 2) for field in fields(KINDS[name])}
    packed = pack(ConditioningFieldData(conditionings=[KINDS[name](**values)]))
    first, second = (unpack(packed).conditionings[0] for _ in range(2))
    assert type(first) is KINDS[name]
    for key, value in values.items():
        assert torch.equal(getattr(first, key), value)
        getattr(first, key).zero_()
        assert torch.equal(getattr(second, key), value)


def test_what_is_packed_no_longer_changes() -> None:
    embeds = torch.ones(1, 2, requires_grad=True)
    packed: Any = pack(ConditioningFieldData(conditionings=[BasicConditioningInfo(embeds=embeds)]))
    with torch.no_grad():
        embeds.zero_()
    kept = unpack(packed).conditionings[0].embeds
    assert kept.tolist() == [[1.0, 1.0]] and not kept.requires_grad


def test_a_missing_encoding_stays_missing() -> None:
    tensor = torch.zeros(1)
    info = SD3ConditioningInfo(
        clip_l_pooled_embeds=tensor,
        clip_l_embeds=tensor,
        clip_g_pooled_embeds=tensor,
        clip_g_embeds=tensor,
        t5_embeds=None,
    )
    moved = info.to(None, torch.float16)
    assert moved is info and info.t5_embeds is None and info.clip_g_embeds.dtype == torch.float16
    assert unpack(pack(ConditioningFieldData(conditionings=[info]))).conditionings[0].t5_embeds is None
