"""Share a machine's cores: threads sleep while they wait, and are no more than the cores that may be used.

OpenMP's threads spin between two parallel regions, to save a few microseconds; where another busy process
wants the same cores, that slows both by an order of magnitude or more.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path

PASSIVE = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "0"}
"""Variables of GNU's and Intel's OpenMP to give the core away soon, read when the library is loaded.

Given away at once, small networks that are alone take twice as long; see benchmarks/neighbour.json.
"""
SET_BY_USER = frozenset({*PASSIVE, "OMP_WAIT_POLICY"})
CGROUP = Path("/sys/fs/cgroup")


def passive_waiting(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to set before torch is imported; none where the user has set one of them."""
    return {} if SET_BY_USER & environment.keys() else dict(PASSIVE)


def usable_cores(cgroup: Path = CGROUP) -> int:
    """Count the cores that this process may use: those of its affinity, at most its control group's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroup)
    return max(1, allowed if quota is None else min(allowed, math.ceil(quota)))


def _quota(cgroup: Path) -> float | None:
    """Return the quota in cores by version 2 or 1 of Linux's control groups; None without one."""
    try:
        if (file := cgroup / "cpu.max").exists():
            quota, period = file.read_text(encoding="ascii").split()
        else:
            quota = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text(encoding="ascii")
            period = (cgroup / "cpu" / "cpu.cfs_period_us").read_text(encoding="ascii")
        return float(quota) / float(period) if float(quota) > 0 else None
    except (OSError, ValueError, ZeroDivisionError):  # no Linux, no quota ("max"), or a file of another form
        return None
