"""The device's memory in the shape of A1111's route."""

from __future__ import annotations

import pytest
import torch

from pipelines.memory.device_memory import describe_memory


def test_a_device_without_figures_is_unavailable() -> None:
    assert describe_memory(torch.device("cpu")) == {"error": "unavailable"}


def test_figures_of_cuda_have_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    stats = {
        "active_bytes.all.current": 1,
        "active_bytes.all.peak": 2,
        "allocated_bytes.all.current": 3,
        "allocated_bytes.all.peak": 4,
        "reserved_bytes.all.current": 5,
        "inactive_split_bytes.all.peak": 6,
        "num_alloc_retries": 7,
        "num_ooms": 8,
    }
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (30, 100))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    monkeypatch.setattr(torch.cuda, "memory_stats", lambda device: stats)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert describe_memory(torch.device("cuda")) == {
        "system": {"free": 30, "used": 70, "total": 100},
        "active": {"current": 1, "peak": 2},
        "allocated": {"current": 3, "peak": 4},
        "reserved": {"current": 5, "peak": 0},
        "inactive": {"current": 0, "peak": 6},
        "events": {"retries": 7, "oom": 8},
    }
