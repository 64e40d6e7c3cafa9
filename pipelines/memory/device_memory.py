"""Memory of the compute device, in the shape of A1111's memory route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch


def describe_memory(device: torch.device) -> Mapping[str, Any]:
    """Bytes by kind for a CUDA device, ``{"error": "unavailable"}`` for others."""
    if device.type != "cuda":
        return {"error": "unavailable"}
    free, total = torch.cuda.mem_get_info(device)
    stats: dict[str, int] = dict(torch.cuda.memory_stats(device))

    def usage(kind: str) -> dict[str, int]:
        prefix = f"{kind}_bytes.all"
        return {"current": stats.get(f"{prefix}.current", 0), "peak": stats.get(f"{prefix}.peak", 0)}

    return {
        "system": {"free": free, "used": total - free, "total": total},
        "active": usage("active"),
        "allocated": usage("allocated"),
        "reserved": usage("reserved"),
        "inactive": usage("inactive_split"),
        "events": {"retries": stats.get("num_alloc_retries", 0), "oom": stats.get("num_ooms", 0)},
    }
