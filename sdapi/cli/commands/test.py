"""`launch.py test`: run the project's tests; what follows is handed to pytest."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.hosts.cores import usable_cores

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Run pytest in the project's folder; its exit status counts, "no test ran" (5) included.

    Without arguments all tests run, shared out by files among the cores that this process may use, so that
    each has one thread to compute with.
    """
    import pytest

    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of the tests' servers compiles the whole tree
    if arguments:
        return int(pytest.main(arguments))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return int(pytest.main(["-n", str(usable_cores()), "--dist", "loadfile"]))
