"""`launch.py test`: run the project's tests; what follows is handed to pytest."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Run pytest in the project's folder; its exit status counts, "no test ran" (5) included."""
    import pytest

    os.chdir(ROOT)
    return int(pytest.main(arguments))
