"""Write extensions into a data folder, and forget them again."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import extensions


def package(folder: Path, name: str, **modules: str) -> None:
    """A package with modules of these texts."""
    (folder / name).mkdir(parents=True)
    for module, text in {"__init__": "", **modules}.items():
        (folder / name / f"{module}.py").write_text(text)


@contextmanager
def forgotten() -> Generator[None]:
    """Let extensions be loaded, whose names begin with from_data, and take them out afterwards."""
    places = list(extensions.__path__)
    try:
        yield
    finally:
        extensions.__path__[:] = places
        for name in [name for name in sys.modules if name.startswith("extensions.from_data")]:
            del sys.modules[name]
