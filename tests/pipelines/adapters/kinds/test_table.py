"""A layer's parts are tried against the types in A1111's order."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.adapters.kinds.table import COMMON, KINDS, find_kind

LORA = {"lora_up.weight": torch.ones(6, 2), "lora_down.weight": torch.ones(2, 5)}


def name_of(parts: dict[str, Tensor]) -> str | None:
    kind = find_kind(parts)
    return None if kind is None else kind.name


def test_types_are_tried_in_this_order() -> None:
    a1111s = ["lora", "loha", "ia3", "lokr", "full", "norm", "glora", "oft"]
    assert [kind.name for kind in KINDS] == [*a1111s, "byte range"]
    assert name_of(LORA | {"diff": torch.ones(6, 5)}) == "lora"
    assert name_of({"diff": torch.ones(6, 5), "oft_blocks": torch.ones(1, 6, 6)}) == "full"


def test_common_parts_alone_are_no_type() -> None:
    assert find_kind({name: torch.tensor(1.0) for name in COMMON}) is None
    assert find_kind({}) is None


def test_a_type_is_found_by_the_parts_that_it_reads() -> None:
    for kind in KINDS:
        assert kind.matches({name: torch.ones(2, 2) for name in kind.reads})
