"""A surface's names come from where they live, when they are first asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from pipelines.extending.lazy_exports import lazy_exports


def test_names_come_from_where_they_live(tmp_path: Path) -> None:
    file = tmp_path / "surface.py"
    file.write_text("if TYPE_CHECKING:\n    from json import dumps\n    from os import path\n")
    get = lazy_exports(str(file))
    assert get("dumps") is import_module("json").dumps
    assert get("path") is import_module("os.path")
    with pytest.raises(AttributeError, match="surface has no 'loads'"):
        get("loads")
